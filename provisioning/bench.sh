# `bench`: what WebHoster is measured by, side by side with a yardstick in one run. Touches no install.
# shellcheck shell=bash

bench_names=(api circuits lighthouse load soak)

command_bench() {
    local bench
    [ $# -gt 0 ] || set -- api
    for bench in "$@"; do
        [[ " ${bench_names[*]} " == *" $bench "* ]] || misuse "there is no benchmark '$bench'; there are: ${bench_names[*]}."
    done
    require_root bench
    step "Packages" "$provisioning/setup-host.sh" run bench
    for bench in "$@"; do
        echo "== $bench"
        # Each in a shell of its own, whose end takes away what it made.
        ("bench_$bench")
    done
}

# A PostgreSQL and a build of its own, gone afterwards. Nothing is left to systemd: nothing may outlive the command.
begin_bench() {
    local setting
    for setting in $(setting_names); do unset "$setting"; done
    # shellcheck disable=SC2317 # called by start_service
    has_systemd() { false; }
    data=$(mktemp -d /var/tmp/webhoster-bench-XXXXXX)
    trap 'abandon_steps; end_bench' EXIT
    trap 'exit 130' INT TERM
    chmod 755 "$data"
    mkdir -p "$data/run" "$data/logs" "$data/keys"
    install -d -o postgres -g postgres "$data/run/postgres"
    WEBHOSTER_DATA=$data load_settings
    # One process that is root does all: there is no portal's own user.
    unset ConnectionStrings__Web
    (umask 077 && mkdir -p "$data/secrets" && head -c 48 /dev/urandom | base64 -w0 >"$data/secrets/jwt.key")
    step "PostgreSQL" start_postgres
    step "Program" publish_program
    mv "$data/app.new" "$data/app"
}

stop_servers() {
    local pid
    for pid in "${bench_pids[@]}"; do
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true
    done
    bench_pids=()
}

end_bench() {
    stop_servers
    ! service_runs postgres || stop_service postgres
    rm -rf "$data"
}

bench_pids=()

# start_server LOG COMMAND... in the background
start_server() {
    local log=$1
    shift
    "$@" >"$data/logs/$log" 2>&1 </dev/null &
    bench_pids+=($!)
}

# The API against a FastAPI server of the same shape, on the same PostgreSQL.
# The distribution's Python, whichever other stands first in the path.
bench_api() {
    begin_bench
    local ours=http://127.0.0.1:18080 theirs=http://127.0.0.1:18081
    export YARDSTICK_SOCKET=$data/run/postgres YARDSTICK_KEY
    YARDSTICK_KEY=$(head -c 48 /dev/urandom | base64 -w0)
    # As many connections as the two workers of the other side have together: PostgreSQL's hundred are enough for both.
    ConnectionStrings__Default="$embedded_connection;Maximum Pool Size=40" Portal__Port=18080 RateLimits__Enabled=false start_server portal dotnet "$data/app/WebHoster.Web.dll" serve --role web
    start_server yardstick /usr/bin/python3 -m uvicorn --app-dir "$root/WebHoster.Tests/Bench" --port 18081 --workers 2 --no-access-log \
        --log-level warning yardstick:app
    wait_for 60 "the portal to answer" curl -sf -o /dev/null "$ours/health/ready" || { cat "$data/logs/portal"; return 1; }
    wait_for 60 "the yardstick to answer" curl -sf -o /dev/null "$theirs/openapi.json" || { cat "$data/logs/yardstick"; return 1; }
    BENCH_PORTAL=$ours/api/v1 BENCH_YARDSTICK=$theirs/api/v1 BENCH_PORTAL_PID=${bench_pids[-2]} BENCH_YARDSTICK_PID=${bench_pids[-1]} \
        PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$root/WebHoster.Tests/Bench/api.py"
}

# bench_by_install SCRIPT PORT FIRST-SSH-PORT: on an install that is made for it, beside others. Needs a template, which the vm tests build.
bench_by_install() {
    local setting id=$((RANDOM % 200 + 1))
    for setting in $(setting_names); do unset "$setting"; done
    export WEBHOSTER_NAME=bench$((id % 100)) WEBHOSTER_DATA=/var/lib/webhoster-bench-$1 WEBHOSTER_SITES_PORT=$2 WEBHOSTER_PORTAL_PORT=$(($2 + 1))
    export Network__Subnet=10.88.$id.0/24 Ssh__FirstPort=$3 Ssh__LastPort=$(($3 + 99)) Backup__Enabled=false RateLimits__Enabled=false
    Images__Path=${WEBHOSTER_TEST_IMAGES:-/var/cache/webhoster-test/images}
    export Images__Path
    [ ! -e "$WEBHOSTER_DATA" ] || die "$WEBHOSTER_DATA is there: an earlier run was killed. Remove it with WEBHOSTER_DATA=$WEBHOSTER_DATA ./webhoster down --purge."
    trap '"$root/webhoster" down --purge --yes >/dev/null' EXIT
    trap 'exit 130' INT TERM
    "$root/webhoster" up --detach
    BENCH_STATUS=$("$root/webhoster" status --json) BENCH_SITES_PORT=$WEBHOSTER_SITES_PORT \
        PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$root/WebHoster.Tests/Bench/$1.py"
    "$root/webhoster" fsck
}

# A hosting through our nginx against its machine, 500 visitors, eight creations at once.
bench_load() { bench_by_install load 18088 22100; }

# Hours of visitors, reads and lives: what grows, what fails. BENCH_MINUTES=N: 120 by default.
bench_soak() { bench_by_install soak 18090 22200; }

# The portal alone, for what runs in Node: $1 is the script.
bench_by_node() {
    begin_bench
    local ours=http://localhost:18080
    [ "$root/WebHoster.Tests/Bench/node_modules/.package-lock.json" -nt "$root/WebHoster.Tests/Bench/package-lock.json" ] ||
        step "Scripts by npm" npm ci --prefix "$root/WebHoster.Tests/Bench" --ignore-scripts --no-audit --no-fund
    Portal__Port=18080 RateLimits__Enabled=false start_server "$1" dotnet "$data/app/WebHoster.Web.dll" serve --role web
    wait_for 180 "the portal to answer" curl -sf -o /dev/null "$ours/health/ready" || { cat "$data/logs/$1"; return 1; }
    BENCH_PORTAL=$ours BENCH_PORTAL_PID=${bench_pids[-1]} BENCH_SOCKET=$data/run/postgres node "$root/WebHoster.Tests/Bench/$1.mjs"
}

# 500 dashboards of as many people: memory for each, and how soon a change is on the page. BENCH_CIRCUITS=N for another number.
bench_circuits() { bench_by_node circuits; }

# Landing, sign-in and dashboard, on a desk and a phone. BENCH_RUNS=N: the median of so many.
bench_lighthouse() { bench_by_node lighthouse; }
