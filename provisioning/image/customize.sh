#!/usr/bin/env bash
# Runs on the host as mmdebstrap's last hook: turns the unpacked system in $1 into the template.
set -euo pipefail
root=$1 files=$(dirname "$(readlink -f "$0")")/guest
guest() { chroot "$root" "$@"; }

cp -r --no-preserve=ownership "$files/." "$root/"
rm -f "$root/var/www/html/index.nginx-debian.html"
guest groupadd --system web
guest chown -R root:web /var/www/html
guest chmod 2775 /var/www/html
guest chmod 664 /var/www/html/index.html

# The guest is booted with the kernel that lies beside its disk: an upgrade inside would leave it without its modules.
guest sh -c "dpkg-query -W -f '\${Package}\n' 'linux-image*' | xargs apt-mark hold" >/dev/null
guest update-initramfs -u

# Names are not needed by what the owner waits for, so resolved starts last instead of first.
sed -e '/^Before=/d' -e '/nss-lookup/d' -e 's/^After=.*/After=nginx.service ssh.service/' -e 's/^WantedBy=.*/WantedBy=multi-user.target/' \
    "$root/lib/systemd/system/systemd-resolved.service" >"$root/etc/systemd/system/systemd-resolved.service"
guest systemctl disable --quiet systemd-resolved.service
guest systemctl enable --quiet nginx.service ssh.service nftables.service systemd-networkd.service systemd-resolved.service
guest systemctl mask --quiet systemd-networkd-wait-online.service systemd-network-generator.service \
    apt-daily.timer apt-daily-upgrade.timer man-db.timer e2scrub_all.timer e2scrub_reap.service dpkg-db-backup.timer \
    modprobe@fuse.service modprobe@drm.service modprobe@configfs.service modprobe@efi_pstore.service \
    sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
    dev-hugepages.mount dev-mqueue.mount proc-sys-fs-binfmt_misc.automount systemd-binfmt.service systemd-pstore.service \
    systemd-update-utmp-runlevel.service cloud-init-hotplugd.socket cloud-init-hotplugd.service

# cloud-init is always wanted here; the generator that would find that out at every boot is left out.
mkdir -p "$root/etc/systemd/system-generators"
ln -s /dev/null "$root/etc/systemd/system-generators/cloud-init-generator"
guest systemctl add-wants --quiet multi-user.target cloud-init.target

# Nothing that two guests must not share.
rm -f "$root"/etc/ssh/ssh_host_* "$root"/var/lib/systemd/random-seed "$root"/etc/hostname "$root"/var/lib/dbus/machine-id
: >"$root/etc/machine-id"
rm -rf "$root"/var/lib/cloud/* "$root"/var/log/*.log "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
ln -sfn ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"

# Tells systemd that users, catalogue and linker cache are up to date with /usr.
touch "$root/etc/.updated" "$root/var/.updated"
