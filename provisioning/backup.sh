# `backup` and `restore`: the database and the secrets that belong to it. Machines' disks are not in it.
# shellcheck shell=bash
source "$provisioning/up.sh"

command_backup() {
    [ $# -le 1 ] || misuse "backup takes one file, or none."
    [ -z "${1:-}" ] || set -- "$(realpath -m "$1")"
    ask_program 1 backup "$@"
}

command_restore() {
    [ $# -le 2 ] || misuse "restore takes one file."
    case "${1:-} ${2:+two}" in
        '--forget ') ask_program 1 restore --forget ;;
        '--check two') require_backup "$2" ;;
        '--undo ') ;;
        '-'* | ' ' | *two) misuse "restore takes a file, --check and a file, --undo, or --forget." ;;
        *) require_backup "$1" ;;
    esac
    require_root restore
    trap abandon_steps EXIT
    trap 'exit 130' INT TERM
    prepare_restore
    if [ "$1" = --check ]; then
        program restore --check "$(realpath "$2")"
        return
    fi
    exec {lock_fd}>"/run/lock/webhoster-$name"
    flock -n "$lock_fd" || die "another './webhoster up' or 'restore' is running."
    local ran=false
    ! service_runs web && ! service_runs worker || ran=true
    # Customers' sites and shells go on: nginx and the machines are left alone.
    step "Stop portal and worker" stop_configured_program
    local code=0
    if [ "$1" = --undo ]; then program restore --undo || code=$?; else program restore "$(realpath "$1")" || code=$?; fi
    if [ $code -ne 0 ]; then
        # It changes nothing before its last step; should that be what failed, fsck tells.
        start_again $ran || true
        return $code
    fi
    give_owners
    # The restore that is taken back may have left them stopped.
    [ "$1" != --undo ] || ran=true
    start_again $ran
}

require_backup() { [ -f "$1" ] || die "there is no file $1."; }

stop_configured_program() { stop_service web; stop_service worker; }

# What `up` does before a database is there: also on a new host, where there is nothing yet.
prepare_restore() {
    "$provisioning/setup-host.sh" --check run >/dev/null || step "Packages" "$provisioning/setup-host.sh" run
    make_folders
    [ -f "$data/app/WebHoster.Web.dll" ] || { step "Program" publish_program; switch_program; }
    ! postgres_is_embedded || step "PostgreSQL" start_postgres
}

# The program has put back what was missing, readable by root alone.
give_owners() {
    local file
    for file in "$data"/secrets/jwt*.key; do
        [ ! -f "$file" ] || { chgrp "$web_user" "$file" && chmod 640 "$file"; }
    done
    chown -R "$web_user:$web_user" "$data/keys"
}

# A machine that the restored database does not know belongs to nobody: the worker would remove it. So a person looks first.
start_again() {
    [ -f "$data/nginx/sites/nginx.conf" ] || { echo "Now './webhoster up' starts everything."; return; }
    if ! program fsck; then
        echo "Portal and worker stay stopped: look at the differences first. What a hosting made after the backup has is unowned now, and"
        echo "'./webhoster up --detach' starts a worker that removes it. Where a restore has succeeded, './webhoster restore --undo' goes back."
        return 3
    elif $1; then
        step "Portal and worker" start_portal
    else
        echo "The portal was not running: './webhoster up' starts it."
    fi
}
