#!/usr/bin/env bash
# Takes WebHoster off this host: what `down --purge` removes, and what setup-host.sh host has set beside it.
#   uninstall.sh [--yes] [--packages]
# --packages also removes the packages that only WebHoster needed here (apt asks no more than --yes says).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
source "$here/settings.sh"

yes=false packages=false
for argument in "$@"; do
    case $argument in
        --yes) yes=true ;;
        --packages) packages=true ;;
        *) echo "usage: uninstall.sh [--yes] [--packages]" >&2; exit 64 ;;
    esac
done
load_settings
require_root "uninstall"
# What setup-host.sh has opened in firewalld, which cannot note down why.
opened=/var/lib/webhoster-ports-$name

if [ -d "$data" ]; then
    if $yes; then "$here/../webhoster" down --purge --yes; else "$here/../webhoster" down --purge; fi
fi
rm -f "/etc/sysctl.d/60-webhoster-$name.conf" "/etc/modules-load.d/webhoster-$name.conf" "/etc/logrotate.d/webhoster-$name" "/etc/udev/rules.d/99-webhoster-$name.rules"
if command -v ufw >/dev/null; then
    ufw status numbered 2>/dev/null | sed -n "s/^\[ *\([0-9]*\)\].*# webhoster-$name *\$/\1/p" | sort -rn | while read -r number; do
        ufw --force delete "$number"
    done
fi
if command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1 && [ -f "$opened" ]; then
    while read -r port; do firewall-cmd --permanent --remove-port="$port"; done <"$opened"
    firewall-cmd --reload
fi
rm -f "$opened"
if $packages; then
    # What setup-host.sh brought in, and nothing that was here before.
    installed=/var/lib/webhoster-packages
    if [ -s "$installed" ]; then
        mapfile -t names <"$installed"
        options=()
        ! $yes || options+=(-y)
        DEBIAN_FRONTEND=noninteractive apt-get -q "${options[@]}" remove --auto-remove "${names[@]}"
        rm -f "$installed"
    fi
fi
echo "WebHoster '$name' is gone from this host."
