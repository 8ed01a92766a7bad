#!/usr/bin/env bash
# Makes a template out of an Ubuntu cloud image, for hosts with internet access.
#   from-cloud-image.sh [--keyring FILE] [--verify-only] NAME URL OUTDIR
# Beside the image at URL lie SHA256SUMS and SHA256SUMS.gpg; nothing is used before both have been verified.
set -euo pipefail
export LC_ALL=C
here=$(dirname "$(readlink -f "$0")")

usage() { echo "usage: from-cloud-image.sh [--keyring FILE] [--verify-only] NAME URL OUTDIR" >&2; exit 64; }

keyring=/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg verify_only=false
while [[ ${1:-} == --* ]]; do
    case $1 in
        --keyring) keyring=${2:?}; shift 2 ;;
        --verify-only) verify_only=true; shift ;;
        *) usage ;;
    esac
done
[ $# = 3 ] || usage
name=$1 url=$2 outdir=$3 file=${2##*/}
$verify_only || command -v growpart >/dev/null || { echo "growpart is missing: apt-get install cloud-guest-utils." >&2; exit 1; }
[ -r "$keyring" ] || { echo "No keyring at $keyring: install ubuntu-cloudimage-keyring, or name one with --keyring." >&2; exit 1; }

mkdir -p "$outdir"
work=$(mktemp -d "$outdir/.importing-XXXXXX")
mounted=false loop=
clean_up() {
    ! $mounted || umount -R "$work/root" || umount -Rl "$work/root"
    [ -z "$loop" ] || losetup -d "$loop"
    rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

fetch() { curl -fsSL --retry 3 -o "$work/$2" "$1"; }

fetch "${url%/*}/SHA256SUMS" SHA256SUMS
fetch "${url%/*}/SHA256SUMS.gpg" SHA256SUMS.gpg
gpgv --quiet --keyring "$(readlink -f "$keyring")" "$work/SHA256SUMS.gpg" "$work/SHA256SUMS" 2>"$work/gpgv" || {
    cat "$work/gpgv" >&2
    echo "The signature of SHA256SUMS is not one of $keyring: nothing was downloaded." >&2
    exit 1
}
# The line of this very file, in either of sha256sum's forms.
expected=$(awk -v file="$file" '$2 == file || $2 == "*" file { print $1 }' "$work/SHA256SUMS")
[ -n "$expected" ] || { echo "SHA256SUMS does not name $file." >&2; exit 1; }
folder=$outdir/$name-${expected:0:8}
if [ -f "$folder/template.json" ]; then
    echo "The template ${folder##*/} is already there."
    exit 0
fi
fetch "$url" image
echo "$expected  $work/image" | sha256sum --check --quiet >/dev/null 2>&1 || {
    echo "$file is not what SHA256SUMS says: it was thrown away." >&2
    exit 1
}
echo "Verified $file"
! $verify_only || exit 0

qemu-img convert -O raw "$work/image" "$work/disk.raw"
truncate -s +1G "$work/disk.raw"
loop=$(losetup --find --show --partscan "$work/disk.raw")
growpart "$loop" 1 >/dev/null || [ $? = 1 ] # it is as large as it can be
mkdir "$work/root"
mount "${loop}p1" "$work/root"
mounted=true
resize2fs "${loop}p1" 2>/dev/null || true
for folder_of_host in dev proc sys; do mount --rbind --make-rslave "/$folder_of_host" "$work/root/$folder_of_host"; done
mv "$work/root/etc/resolv.conf" "$work/root/etc/resolv.conf.saved"
cp /etc/resolv.conf "$work/root/etc/resolv.conf"
chroot "$work/root" sh -ec 'printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
    export DEBIAN_FRONTEND=noninteractive; apt-get -q update
    apt-get -q -y install --no-install-recommends nginx-light qemu-guest-agent nftables curl wget unzip git
    rm /usr/sbin/policy-rc.d /var/www/html/index.nginx-debian.html; apt-get clean
    groupadd --system --force web; chown -R root:web /var/www/html; chmod 2775 /var/www/html
    systemctl enable --quiet nginx ssh nftables'
cp "$here/guest/etc/nftables.conf" "$work/root/etc/nftables.conf"
cp "$here"/guest/etc/ssh/sshd_config.d/* "$work/root/etc/ssh/sshd_config.d/"
cp -r "$here"/guest/etc/systemd/system/serial-getty@ttyS0.service.d "$work/root/etc/systemd/system/"
mv "$work/root/etc/resolv.conf.saved" "$work/root/etc/resolv.conf"
rm -rf "$work"/root/etc/ssh/ssh_host_* "$work"/root/var/lib/apt/lists/*
: >"$work/root/etc/machine-id"
os=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' "$work/root/etc/os-release")
kernel=$(basename "$(readlink -f "$work/root/boot/vmlinuz")"); kernel=${kernel#vmlinuz-}
umount -R "$work/root"
mounted=false
losetup -d "$loop"
loop=

mkdir "$work/result"
qemu-img convert -f raw -O qcow2 "$work/disk.raw" "$work/result/disk.qcow2"
cat >"$work/result/template.json" <<JSON
{
  "name": "$name",
  "os": "$os",
  "kernel": "$kernel",
  "size_bytes": $(stat -c %s "$work/disk.raw"),
  "built_at": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
  "recipe_hash": "$expected",
  "boot": "disk",
  "disk": "disk.qcow2",
  "cmdline": ""
}
JSON
chmod 444 "$work"/result/*
chmod 755 "$work/result"
mv "$work/result" "$folder"
ln -sfn "${folder##*/}" "$outdir/current"
echo "Made ${folder##*/}"
