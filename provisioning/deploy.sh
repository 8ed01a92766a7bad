# `deploy`: from the version that runs to the one in this tree, or in a folder that was published elsewhere. The nginx of
# sites and of SSH are not touched; where the new version is not healthy, the old one is put back.
# shellcheck shell=bash
source "$provisioning/up.sh"

command_deploy() {
    local package=''
    case $# in
        0) ;;
        2) [ "$1" = --package ] && package=$2 || misuse "deploy takes --package FOLDER and nothing else." ;;
        *) misuse "deploy takes --package FOLDER and nothing else." ;;
    esac
    require_root deploy
    [ -f "$data/app/WebHoster.Web.dll" ] || die "nothing is installed in $data; './webhoster up' does that."
    service_runs web && service_runs worker || die "WebHoster does not run; './webhoster up' starts it, with this version."
    exec {lock_fd}>"/run/lock/webhoster-$name"
    flock -n "$lock_fd" || die "another './webhoster up' or 'deploy' is running."
    trap abandon_steps EXIT
    trap 'exit 130' INT TERM

    step "Backup of the database" "$root/webhoster" backup
    # Of a deployment that was killed: it is not what is to be switched to.
    rm -rf "$data/app.new"
    if [ -n "$package" ]; then step "Program" take_package "$package"; else step "Program" publish_program; fi
    [ -f "$data/app.new/WebHoster.Web.dll" ] || { echo "This version runs already."; return; }
    # With the new program and beside the old one: a schema only ever grows, so that both can work on it.
    trap go_back EXIT
    step "Database schema" dotnet "$data/app.new/WebHoster.Web.dll" migrate
    step "Switch" switch_release
    step "Health" new_release_is_healthy
    trap abandon_steps EXIT
    echo "The new version runs. The one before is in $data/app.old."
}

take_package() {
    [ -f "$1/WebHoster.Web.dll" ] || { echo "$1 is no published version: there is no WebHoster.Web.dll in it."; return 1; }
    cp -a "$1" "$data/app.new"
    chown -R root:root "$data/app.new"
    chmod -R u=rwX,go=rX "$data/app.new"
    echo package >"$data/app.new/.sources"
}

# Unlike up's switch, this keeps the old one.
switch_release() {
    stop_service web
    stop_service worker
    rm -rf "$data/app.old"
    mv "$data/app" "$data/app.old"
    mv "$data/app.new" "$data/app"
    start_service worker
    start_service web
}

# Ready, and still the same processes a while later: a service that crashes and comes back is not healthy.
new_release_is_healthy() {
    local web worker
    wait_for 180 "the portal and the worker to be ready" release_is_ready_or_has_crashed || true
    if ! release_is_ready; then
        show_service_log web
        show_service_log worker
        return 1
    fi
    web=$(service_pid web) worker=$(service_pid worker)
    for _ in 1 2 3 4 5; do
        sleep 1
        [ "$(service_pid web)" = "$web" ] && [ "$(service_pid worker)" = "$worker" ] && portal_is_ready || {
            echo "It was ready, and ended again."
            show_service_log web
            show_service_log worker
            return 1
        }
    done
}

release_is_ready() { service_runs worker && [ -S "$data/run/streams/worker.sock" ] && portal_is_ready; }

release_is_ready_or_has_crashed() { has_crashed web || has_crashed worker || release_is_ready; }

has_crashed() {
    if has_systemd; then
        [ "$(systemctl show -p NRestarts --value "$name-$1.service")" -gt 0 ]
    else
        ! service_runs "$1"
    fi
}

go_back() {
    local code=$? words="The version before runs."
    # An interrupted switch must not go on while it is undone.
    abandon_steps
    trap - EXIT
    # Nor may this be interrupted. Not by ignoring, which what is started here would inherit.
    trap : INT TERM
    if [ -d "$data/app.new" ]; then
        echo "Nothing was switched: the version before runs on." >&2
        [ -d "$data/app" ] || mv "$data/app.old" "$data/app"
        rm -rf "$data/app.new"
    else
        echo "The new version is not healthy: going back to the one before." >&2
        stop_service web
        stop_service worker
        rm -rf "$data/app.broken"
        mv "$data/app" "$data/app.broken"
        mv "$data/app.old" "$data/app"
        words="The version before runs again; the new one is in $data/app.broken."
    fi
    start_service worker
    start_service web
    if wait_for 180 "the portal and the worker to be ready" release_is_ready; then
        echo "$words" >&2
    else
        echo "The version before does not come up either: ./webhoster doctor, and the logs in $data/logs." >&2
    fi
    exit "$code"
}
