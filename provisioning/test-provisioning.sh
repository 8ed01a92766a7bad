# `test provisioning`: what the host is told: units, logrotate's file, setup-host.sh. Changes nothing on this host.
# shellcheck shell=bash

# Adds to passed and failed.
run_provisioning() {
    local check
    echo "== provisioning"
    for check in units_are_valid units_are_confined logrotate_takes_its_file check_names_what_is_missing a_fresh_root_is_told_everything; do
        if (provisioning_check "$check"); then
            passed=$((passed + 1))
            echo "  ✓ ${check//_/ }"
        else
            failed=$((failed + 1))
            echo "  ✗ ${check//_/ }"
        fi
    done
}

provisioning_check() {
    local setting
    for setting in $(setting_names); do unset "$setting"; done
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    WEBHOSTER_DATA=/var/lib/webhoster-units Portal__Tls=true load_settings
    source "$provisioning/logrotate.sh"
    # Not in a condition, where "set -e" would not count.
    (set -e; "$1" >"$work/said" 2>&1)
    local code=$?
    [ $code -eq 0 ] || cat "$work/said"
    return $code
}

units_in_work() {
    local service
    postgres_bin() { echo /usr/bin; }
    dotnet_path() { echo /usr/bin/env; }
    for service in "${all_services[@]}"; do
        render_unit "$service" | sed -e 's|^ExecStart="[^"]*"|ExecStart=/usr/bin/env|' -e 's|^User=wh-web|User=nobody|' >"$work/wh-$service.service"
    done
}

units_are_valid() {
    units_in_work
    # What it says goes to standard error, also where it exits with 0.
    SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no --recursive-errors=no "$work"/*.service 2>&1 | tee "$work/verified"
    [ -z "$(grep "$work\|wh-" "$work/verified" || true)" ]
}

# systemd's own measure, from 0 (confined) to 10 (free).
units_are_confined() {
    local service most exposure
    units_in_work
    for service in "${all_services[@]}"; do
        case $service in
            web | postgres) most=25 ;;
            worker) most=65 ;;
            *) most=45 ;;
        esac
        exposure=$(systemd-analyze security --offline=yes --no-pager "$work/wh-$service.service" | sed -n 's/.*Overall exposure level.*: \([0-9]*\)\.\([0-9]\).*/\1\2/p')
        echo "$service: $exposure of 100, $most allowed"
        [ "$exposure" -le $most ]
    done
}

logrotate_takes_its_file() {
    render_logrotate >"$work/logrotate"
    mkdir -p "$work/logs/web"
    sed -i "s|/var/lib/webhoster-units|$work|g" "$work/logrotate"
    echo line >"$work/logs/nginx-sites-access.log"
    chmod 644 "$work/logrotate"
    logrotate --state "$work/state" --force "$work/logrotate"
    [ -e "$work/logs/nginx-sites-access.log.1" ]
}

# In a root in which dpkg knows of nothing.
check_names_what_is_missing() {
    local said
    mkdir -p "$work/dpkg"
    : >"$work/dpkg/status"
    said=$(DPKG_ADMINDIR=$work/dpkg "$provisioning/setup-host.sh" --check run) && return 1
    grep -q '^apt-get install .*libvirt-daemon-system' <<<"$said"
}

# The whole of setup-host.sh --check host in a system of the distribution's barest packages.
a_fresh_root_is_told_everything() {
    local said
    said=$(DPKG_ADMINDIR=/nonexistent WEBHOSTER_DATA=$work/data "$provisioning/setup-host.sh" --check host) && return 1
    echo "$said"
    grep -q "install -d .*$work/data" <<<"$said"
    grep -q '^apt-get install ' <<<"$said"
}
