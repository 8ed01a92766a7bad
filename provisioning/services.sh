# The services and the two ways to run them: systemd units, or by hand where there is no systemd.
# shellcheck shell=bash

# In the order of starting; stopping goes the other way.
all_services=(postgres sites ssh web portal worker)

has_systemd() { [ -d /run/systemd/system ]; }

service_title() {
    case $1 in
        postgres) echo PostgreSQL ;;
        sites) echo "nginx for sites" ;;
        ssh) echo "nginx for SSH" ;;
        portal) echo "nginx for the portal" ;;
        web) echo "the portal" ;;
        worker) echo "the worker" ;;
    esac
}

service_user() {
    case $1 in
        postgres) echo postgres ;;
        web) echo "$web_user" ;;
        *) echo root ;;
    esac
}

# One argument a line.
service_command() {
    case $1 in
        postgres) postgres_command ;;
        sites | ssh | portal) printf '%s\n' /usr/sbin/nginx -p "$data/nginx/$1" -c "$data/nginx/$1/nginx.conf" -g 'daemon off;' ;;
        # By env, because in a unit an EnvironmentFile wins over Environment. What the worker connects with is not the portal's to know.
        web)
            printf '%s\n' /usr/bin/env
            [ -z "${ConnectionStrings__Web:-}" ] || printf '%s\n' --unset=ConnectionStrings__Default
            printf '%s\n' "Logging__Path=$data/logs/web" "$(dotnet_path)" "$data/app/WebHoster.Web.dll" serve --role web
            ;;
        worker) printf '%s\n' "$(dotnet_path)" "$data/app/WebHoster.Web.dll" serve --role worker ;;
    esac
}

service_log() { if [ "$1" = web ]; then echo "$data/logs/web/$1.out"; else echo "$data/logs/$1.out"; fi; }

# Read what is ours from /proc: a number in a pid file may meanwhile be another process.
process_start() { awk '{ sub(/.*\) /, ""); if ($1 != "Z") print $20 }' "/proc/$1/stat" 2>/dev/null || true; }

service_pid() {
    local pid started
    if has_systemd; then
        pid=$(systemctl show -p MainPID --value "$name-$1.service" 2>/dev/null) || return 1
        [ "${pid:-0}" -gt 0 ] && echo "$pid"
        return
    fi
    read -r pid started 2>/dev/null <"$data/run/$1.started" || return 1
    [ -n "$started" ] && [ "$(process_start "$pid")" = "$started" ] && echo "$pid"
}

service_runs() { service_pid "$1" >/dev/null; }

start_service() {
    ! service_runs "$1" || return 0
    if has_systemd; then
        write_unit "$1"
        systemctl daemon-reload
        systemctl enable --quiet "$name-$1.service"
        systemctl restart "$name-$1.service"
    else
        start_by_hand "$1"
    fi
}

start_by_hand() {
    local user log arguments pid
    user=$(service_user "$1")
    log=$(service_log "$1")
    mapfile -t arguments < <(service_command "$1")
    [ ! -f "$log" ] || mv -f "$log" "$log.old"
    (
        cd /
        ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"
        # The lock that `up` holds must not live on in what it starts.
        [ -z "${lock_fd:-}" ] || exec {lock_fd}>&-
        exec setsid setpriv --reuid "$user" --regid "$(id -gn "$user")" --init-groups "${arguments[@]}"
    ) >"$log" 2>&1 </dev/null &
    pid=$!
    echo "$pid $(process_start "$pid")" >"$data/run/$1.started"
}

stop_service() {
    local pid signal=TERM
    if has_systemd; then
        [ -f "/etc/systemd/system/$name-$1.service" ] || return 0
        systemctl disable --quiet --now "$name-$1.service"
        return
    fi
    pid=$(service_pid "$1") || { rm -f "$data/run/$1.started"; return 0; }
    # PostgreSQL's TERM waits for every client; INT is its "fast" shutdown.
    [ "$1" != postgres ] || signal=INT
    kill -s "$signal" "$pid" 2>/dev/null || true
    if ! wait_for 30 "$1 to stop" service_has_ended "$1"; then
        pid=$(service_pid "$1") && kill -s KILL "$pid"
    fi
    rm -f "$data/run/$1.started"
}

service_has_ended() { ! service_runs "$1"; }

show_service_log() {
    echo "--- the end of the log of $name-$1:"
    if has_systemd; then journalctl -q -n 20 -o cat -u "$name-$1.service"; else tail -n 20 "$(service_log "$1")"; fi
}

wait_for() {
    local limit=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [ $SECONDS -lt $limit ] || { echo "waited in vain for $what" >&2; return 1; }
        sleep 0.2
    done
}
