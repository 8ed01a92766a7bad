# `test host`: setup-host.sh and uninstall.sh in a fresh root of this distribution, in namespaces of its own: what is brought in, whether a
# second run finds nothing to do, and what is left. Takes minutes, for it installs everything that WebHoster needs.
# shellcheck shell=bash

# Adds to passed and failed.
run_host() {
    local code=0
    echo "== host"
    # A shell of its own, not as part of a condition, in which "set -e" would not count.
    host_test &
    wait $! || code=$?
    passed=$((passed + $(cat "$results/host.passed" 2>/dev/null || echo 0)))
    [ $code -eq 0 ] || failed=$((failed + 1))
}

host_test() {
    set -euo pipefail
    local setting
    for setting in $(setting_names); do unset "$setting"; done
    work=$(mktemp -d /var/tmp/webhoster-host-XXXXXX)
    fresh=$work/root
    checks=0 checks_file=$results/host.passed
    trap 'abandon_steps; rm -rf --one-file-system "$work"' EXIT
    trap 'exit 130' INT TERM
    step_logs=
    step_pids=()

    step "A fresh root" make_fresh_root
    list_root >"$work/before"
    check "What it lacks is told" lacks_are_told
    check "It is made ready" inside /opt/webhoster/provisioning/setup-host.sh host
    check "Nothing is missing then" inside /opt/webhoster/provisioning/setup-host.sh --check host
    list_root >"$work/ready"
    check "A second run changes nothing" second_run_changes_nothing
    check "WebHoster is taken off" inside /opt/webhoster/provisioning/uninstall.sh --yes --packages
    check "What is left is the distribution's" nothing_of_ours_is_left
}

make_fresh_root() {
    local VERSION_CODENAME
    source /etc/os-release
    mmdebstrap --quiet --variant=minbase --format=directory --include=ca-certificates "$VERSION_CODENAME" "$fresh" </dev/null
    apt-config dump | grep -E '^Acquire::(https?::|Check-|Retries)' >"$fresh/etc/apt/apt.conf.d/99host" || true
    # Authorities and names that only this machine knows.
    cp /etc/ssl/certs/ca-certificates.crt "$fresh/etc/ssl/certs/ca-certificates.crt"
    cp -L /etc/resolv.conf /etc/hosts "$fresh/etc/"
    # An administrator's: nothing starts. It has to be there afterwards.
    printf '#!/bin/sh\nexit 101\n' >"$fresh/usr/sbin/policy-rc.d"
    chmod 755 "$fresh/usr/sbin/policy-rc.d"
    mkdir -p "$fresh/opt/webhoster"
    tar -C "$root" -c webhoster provisioning nginx | tar -C "$fresh/opt/webhoster" -x
}

# The kernel's settings are this host's: they can be read only.
inside() {
    # shellcheck disable=SC2016 # the inner shell's
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root unshare --mount --pid --ipc --fork --kill-child bash -euc '
        root=$1
        shift
        mount -t proc proc "$root/proc"
        mount --bind "$root/proc/sys" "$root/proc/sys"
        mount -o remount,bind,ro "$root/proc/sys"
        exec chroot "$root" "$@"' inside "$fresh" "$@"
}

lacks_are_told() {
    none inside /opt/webhoster/provisioning/setup-host.sh --check host >"$work/told"
    grep '^apt-get install .*libvirt-daemon-system' "$work/told"
    grep '^useradd .*wh-web$' "$work/told"
    list_root | diff "$work/before" -
}

second_run_changes_nothing() {
    inside /opt/webhoster/provisioning/setup-host.sh host
    list_root | diff "$work/ready" -
}

# Packages, people, and every file of the two folders that are ours to write into.
list_root() {
    # shellcheck disable=SC2016 # dpkg-query's
    chroot "$fresh" dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | grep '^ii'
    cut -d: -f1 "$fresh/etc/passwd" | sed 's/^/user /'
    cat "$fresh/usr/sbin/policy-rc.d"
    (cd "$fresh" && find etc var/lib -type f \( -path 'etc/*' -o -path '*/webhoster*' \) ! -name '*.lock' ! -name '*-' -exec sha256sum {} + | sort -k 2)
}

packages_in() { sed -n 's/^ii *//p' "$1" | sort; }

# Removed, not purged: packages leave their own configuration and users, as they do whoever removes them.
nothing_of_ours_is_left() {
    list_root >"$work/after"
    # Of what came along, apt keeps what another package suggests.
    comm -13 <(packages_in "$work/before") <(packages_in "$work/after") >"$work/left"
    comm -23 "$work/left" <(chroot "$fresh" apt-mark showauto | sort) >"$work/unexpected"
    [ ! -s "$work/unexpected" ] || { cat "$work/unexpected"; return 1; }
    none grep '^Remv' <(inside apt-get -s autoremove)
    [ -z "$(comm -23 <(packages_in "$work/before") <(packages_in "$work/after"))" ]
    diff <(grep -A1 '^#!/bin/sh' "$work/before") <(grep -A1 '^#!/bin/sh' "$work/after")
    none grep -E '^user wh-|webhoster' "$work/after"
    none grep -rlI webhoster "$fresh/etc"
    [ -z "$(find "$fresh/var/lib" "$fresh/run" "$fresh/usr/sbin" -name '*webhoster*')" ]
}
