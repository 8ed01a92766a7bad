#!/usr/bin/env bash
# Makes a host ready for WebHoster: Debian 12 or later, Ubuntu 22.04 or later. Safe to repeat: what is there is left alone.
#   setup-host.sh [--check] [run] [test] [bench] [compose] [host]     (default: run)
# run, test, bench and compose are packages; host is the packages of run and all else that a server of its own gets: KVM,
# libvirt, users, directories, kernel settings, holes in the firewall that is there. "host compose" is for a host of containers,
# which bring users and directories of their own, and reads .env. --check only prints what would be
# done, as commands, and exits with 1 where there is something.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

run_packages=(
    qemu-system-x86 qemu-utils                                                # guests and their disks
    libvirt-daemon-system libvirt-daemon-config-nwfilter libvirt-clients virtinst
    dnsmasq-base iptables ebtables nftables iproute2                          # their network
    nginx-light libnginx-mod-stream                                           # sites and SSH ports
    postgresql                                                                # embedded database
    mmdebstrap e2fsprogs genisoimage gnupg ca-certificates                    # the template and the seeds
    acl curl openssh-client util-linux procps logrotate
)
test_packages=(fonts-dejavu-core fonts-liberation fonts-nanum shellcheck httpie jq openssh-sftp-server python3-aiosmtpd prometheus systemd)
# axe-core and SignalR's client come by npm; another installation of Node.js will do.
command -v npm >/dev/null || test_packages+=(npm)
compose_packages=(openssl jq mmdebstrap)
# A Docker of another origin stays; docker.io would take its place. Version 1 of docker-compose does not run on Ubuntu 24.04's Python.
command -v dockerd >/dev/null || compose_packages+=(docker.io)
if ! command -v docker-compose >/dev/null && ! docker compose version >/dev/null 2>&1; then
    # shellcheck source=/dev/null
    case $(. /etc/os-release; echo "$ID $VERSION_ID") in
        "ubuntu 22.04" | debian*) compose_packages+=(docker-compose) ;;
        *) compose_packages+=(docker-compose-v2) ;;
    esac
fi
bench_packages=(wrk python3-fastapi uvicorn python3-asyncpg python3-jwt python3-passlib fonts-dejavu-core)
# Node.js and what the benchmarks take by npm; another installation of it will do.
command -v npm >/dev/null || bench_packages+=(npm)
# Ubuntu has Chromium as a snap, which its package of the other name brings.
browser=chromium
! grep -q '^ID=ubuntu' /etc/os-release || browser=chromium-browser
if [ ! -e /usr/bin/chromium ] || is_installed chromium; then
    test_packages+=("$browser") bench_packages+=("$browser")
fi

check=false host=false compose=false groups=()
for argument in "$@"; do
    case $argument in
        --check) check=true ;;
        compose) compose=true groups+=(compose) ;;
        run | test | bench) groups+=("$argument") ;;
        host) host=true groups+=(run) ;;
        *) echo "usage: setup-host.sh [--check] [run] [test] [bench] [compose] [host]" >&2; exit 64 ;;
    esac
done
[ ${#groups[@]} -gt 0 ] || groups=(run)

missing_packages() {
    local group package
    for group in "${groups[@]}"; do
        local -n packages="${group}_packages"
        for package in "${packages[@]}"; do
            is_installed "$package" || echo "$package"
        done
    done
}

# nginx-light and nginx-core/-full conflict: an nginx that is already here is kept, whatever its flavour.
if is_installed nginx || is_installed nginx-core || is_installed nginx-full || is_installed nginx-extras; then
    run_packages=("${run_packages[@]/nginx-light/libnginx-mod-stream}")
fi

# shellcheck source=provisioning/host.sh
! $host || source "$here/host.sh"

mapfile -t missing < <(missing_packages | sort -u)
if $check; then
    todo=$([ ${#missing[@]} -eq 0 ] || echo "apt-get install --no-install-recommends ${missing[*]}"; ! $host || host_commands)
    [ -n "$todo" ] || { echo "Nothing is missing."; exit 0; }
    echo "$todo"
    exit 1
fi
if [ ${#missing[@]} -eq 0 ]; then
    echo "All packages are installed."
    ! $host || prepare_host
    exit 0
fi
[ "$(id -u)" = 0 ] || { echo "setup-host.sh must run as root." >&2; exit 1; }

policy=/usr/sbin/policy-rc.d
cluster_setting=/etc/postgresql-common/createcluster.d/webhoster.conf
nginx_is_new=true prometheus_is_new=true
[ -e /usr/sbin/nginx ] && nginx_is_new=false
[ -e /usr/bin/prometheus ] && prometheus_is_new=false

# Also after an installation that broke off: the next start of the host would start them. Only what this run brought in: a web server that
# ran before is somebody's.
disable_new() {
    [ -d /run/systemd/system ] || return 0
    ! $nginx_is_new || [ ! -e /usr/sbin/nginx ] || systemctl disable --quiet nginx.service
    ! $prometheus_is_new || [ ! -e /usr/bin/prometheus ] || systemctl disable --quiet prometheus.service
}

restore() {
    disable_new || true
    rm -f "$policy" "$cluster_setting"
    if [ -e "$policy.before-webhoster" ] || [ -L "$policy.before-webhoster" ]; then
        mv -f "$policy.before-webhoster" "$policy"
    fi
    rmdir --ignore-fail-on-non-empty "${cluster_setting%/*}" 2>/dev/null || true
}

# Debian starts what it installs: nginx would take port 80, PostgreSQL would make a cluster of its own, Prometheus would run. All are
# held back while we install, and an administrator's policy-rc.d is put back afterwards (also after a killed run).
hold_back() {
    if { [ -e "$policy" ] || [ -L "$policy" ]; } && ! grep -qs 'held back by webhoster' "$policy"; then
        mv "$policy" "$policy.before-webhoster"
    fi
    trap restore EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\n# held back by webhoster while it installs\ncase "$*" in *nginx*|*postgresql*|*prometheus*) exit 101 ;; esac\n%s\n' \
        "if [ -x $policy.before-webhoster ]; then exec $policy.before-webhoster \"\$@\"; fi" >"$policy"
    chmod 755 "$policy"
    mkdir -p "${cluster_setting%/*}"
    echo "create_main_cluster = false" >"$cluster_setting"
}

export DEBIAN_FRONTEND=noninteractive LC_ALL=C
apt=(apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold)

hold_back
"${apt[@]}" install --no-install-recommends "${missing[@]}" || {
    # Most often the package lists are old or were never fetched.
    "${apt[@]}" update
    "${apt[@]}" install --no-install-recommends "${missing[@]}"
}

# For uninstall.sh: these were not here before.
printf '%s\n' "${missing[@]}" | sort -u - <(cat /var/lib/webhoster-packages 2>/dev/null) >/var/lib/webhoster-packages.new
mv /var/lib/webhoster-packages.new /var/lib/webhoster-packages

! $host || prepare_host
