#!/usr/bin/env bash
# Runs on the host as mmdebstrap's last hook: turns the unpacked system in $1 into the template.
set -euo pipefail
root=$1 files=$(dirname "$(readlink -f "$0")")/guest
guest() { chroot "$root" "$@"; }

cp -r --no-preserve=ownership "$files/." "$root/"
guest groupadd --system web
guest chown -R root:web /var/www/html
guest chmod 2775 /var/www/html
guest chmod 664 /var/www/html/index.html

# The guest is booted with the kernel that lies beside its disk: an upgrade inside would leave it without its modules.
guest sh -c "dpkg-query -W -f '\${Package}\n' 'linux-image*' | xargs apt-mark hold" >/dev/null
guest update-initramfs -u

guest systemctl enable --quiet nginx.service ssh.service nftables.service systemd-networkd.service systemd-resolved.service
guest systemctl mask --quiet systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer \
    man-db.timer e2scrub_all.timer e2scrub_reap.service dpkg-db-backup.timer

# Nothing that two guests must not share.
rm -f "$root"/etc/ssh/ssh_host_* "$root"/var/lib/systemd/random-seed "$root"/etc/hostname "$root"/var/lib/dbus/machine-id
: >"$root/etc/machine-id"
rm -rf "$root"/var/lib/cloud/* "$root"/var/log/*.log "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
ln -sfn ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
