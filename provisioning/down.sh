# `down`: stops what `up` started, leaving the machines; `--purge` removes everything that WebHoster made.
# shellcheck shell=bash

command_down() {
    local purge=false yes=false argument
    for argument in "$@"; do
        case $argument in
            --purge) purge=true ;;
            --yes) yes=true ;;
            *) misuse "down takes --purge and --yes." ;;
        esac
    done
    $purge || ! $yes || misuse "--yes goes with --purge."
    require_root down
    ! $purge || refuse_machines_of_containers
    if $purge && ! $yes && [ -t 0 ]; then
        read -r -p "This removes every machine and file of '$name' in $data. Type yes: " argument
        [ "$argument" = yes ] || die "nothing was removed."
    fi
    trap abandon_steps EXIT
    stop_everything
    ! $purge || purge_everything
}

# Without the program here nobody removes the machines, and their folders must not go before them.
refuse_machines_of_containers() {
    [ ! -f "$data/app/WebHoster.Web.dll" ] && command -v virsh >/dev/null || return 0
    ! virsh -c "$libvirt_uri" list --all --name 2>/dev/null </dev/null | grep -c "^$name-" >/dev/null ||
        die "there are machines of '$name', and no program in $data to remove them. In containers: docs/operations.md, \"Compose\", on taking it down."
}

stop_everything() {
    local service
    for service in portal web worker ssh sites postgres; do
        service_is_known "$service" || continue
        step "Stop $(service_title "$service")" stop_service "$service"
    done
}

service_is_known() { [ -f "$data/run/$1.started" ] || [ -f "/etc/systemd/system/$name-$1.service" ]; }

purge_everything() {
    if [ -f "$data/app/WebHoster.Web.dll" ] && command -v virsh >/dev/null; then
        step "libvirt" start_libvirt
        step "Machines, network and firewall" program purge
    fi
    step "Units, user and files" remove_files
}

remove_files() {
    local service entry
    for service in "${all_services[@]}"; do rm -f "/etc/systemd/system/$name-$service.service"; done
    ! has_systemd || systemctl daemon-reload
    # By name, since the data directory may hold what others put there.
    for entry in app app.new app.old app.broken build postgres postgres.new run secrets keys images machines nginx tls backups logs install-id settings.env settings.env.new; do
        rm -rf "${data:?}/$entry"
    done
    [ ! -d "$data" ] || rmdir --ignore-fail-on-non-empty "$data"
    ! id -u "$web_user" >/dev/null 2>&1 || userdel "$web_user"
    rm -f "/run/lock/webhoster-$name" "/etc/logrotate.d/webhoster-$name" "/etc/udev/rules.d/99-webhoster-$name.rules"
}
