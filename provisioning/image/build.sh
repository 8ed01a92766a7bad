#!/usr/bin/env bash
# Builds the template: a read-only guest disk with its kernel beside it, from the distribution's signed packages.
#   build.sh [--hash] NAME OUTDIR     makes OUTDIR/NAME-<hash8>/ and points OUTDIR/current at it
set -euo pipefail
export LC_ALL=C
here=$(dirname "$(readlink -f "$0")")

only_hash=false
[ "${1:-}" != --hash ] || { only_hash=true; shift; }
[ $# = 2 ] || { echo "usage: build.sh [--hash] NAME OUTDIR" >&2; exit 64; }
name=$1 outdir=$2

. /etc/os-release
host_suite=$VERSION_CODENAME
# What the template's drop-ins are made for: later releases of cloud-init boot in other units.
case $ID:$host_suite in
    debian:*) suite=bookworm os="Debian GNU/Linux 12 (bookworm)" ;;
    ubuntu:jammy | ubuntu:noble) suite=$host_suite os=$PRETTY_NAME ;;
    *) suite=noble os="Ubuntu 24.04 LTS" ;;
esac
recipe_hash=$({ echo "$ID $suite"; cd "$here"; find build.sh customize.sh guest -type f -o -type l | LC_ALL=C sort | xargs sha256sum; } |
    sha256sum | cut -c1-64)
folder=$outdir/$name-${recipe_hash:0:8}
if $only_hash; then echo "$recipe_hash"; exit 0; fi
if [ -f "$folder/template.json" ]; then
    ln -sfn "${folder##*/}" "$outdir/current"
    echo "The template ${folder##*/} is already built."
    exit 0
fi

case $ID in
    debian) kernel=linux-image-cloud-amd64 keyring=/usr/share/keyrings/debian-archive-keyring.gpg ;;
    ubuntu) kernel=linux-image-virtual keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg ;;
    *) echo "No recipe for a guest made of '$ID' packages." >&2; exit 1 ;;
esac
packages=(
    systemd systemd-sysv dbus udev kmod "$kernel" initramfs-tools zstd
    cloud-init qemu-guest-agent nginx-light openssh-server openssh-sftp-server sudo
    netbase nftables iproute2 iputils-ping ca-certificates curl wget unzip git less nano procps
)
# A package of its own since Debian 12 and Ubuntu 22.10.
[ "$suite" = jammy ] || packages+=(systemd-resolved)

# The host's own archive of the distribution, and none of the other archives that it may use.
distribution_sources() {
    if [ -n "${WEBHOSTER_MIRROR:-}" ]; then
        echo "deb $WEBHOSTER_MIRROR $suite main"
        return
    fi
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v host="$host_suite" -v suite="$suite" 'tolower($1) == "'"$ID"'" && index($3, host) == 1 { print "deb", $2, suite substr($3, length(host) + 1), $4 }' | sort -u
}
sources=$(distribution_sources)
if [ -z "$sources" ]; then
    apt-get -q update
    sources=$(distribution_sources)
fi
[ -n "$sources" ] || { echo "apt knows no $ID archive for $host_suite; name one in WEBHOSTER_MIRROR." >&2; exit 1; }

mkdir -p "$outdir"
exec 9>"$outdir/.lock"
flock 9
rm -rf --one-file-system "$outdir"/.building-*
work=$(mktemp -d "$outdir/.building-XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM

aptopts=()
while read -r option; do aptopts+=(--aptopt="$option"); done < <(
    apt-config dump | grep -E '^Acquire::(https?::|ftp::|Check-|Retries)' || true)

echo "Unpacking $ID $suite"
# shellcheck disable=SC2016
mmdebstrap --quiet --mode=root --variant=apt --format=directory --keyring="$keyring" \
    --include="$(IFS=,; echo "${packages[*]}")" "${aptopts[@]}" \
    --aptopt='Apt::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --customize-hook="$here/customize.sh \"\$1\"" \
    "$suite" "$work/root" - <<<"$sources"

cp "$(readlink -f "$work"/root/boot/vmlinuz-*)" "$work/vmlinuz"
cp "$(readlink -f "$work"/root/boot/initrd.img-*)" "$work/initrd.img"
kernel_release=$(basename "$work"/root/boot/vmlinuz-*); kernel_release=${kernel_release#vmlinuz-}

echo "Writing the disk"
truncate -s 2G "$work/disk.raw"
mke2fs -q -t ext4 -L webhoster -d "$work/root" "$work/disk.raw"
e2fsck -fn "$work/disk.raw" >/dev/null
qemu-img convert -f raw -O qcow2 "$work/disk.raw" "$work/disk.qcow2"
qemu-img check -q "$work/disk.qcow2"

result=$work/result
mkdir "$result"
mv "$work/disk.qcow2" "$work/vmlinuz" "$work/initrd.img" "$result/"
cat >"$result/template.json" <<JSON
{
  "name": "$name",
  "os": "$os",
  "kernel": "$kernel_release",
  "size_bytes": $(stat -c %s "$work/disk.raw"),
  "built_at": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
  "recipe_hash": "$recipe_hash",
  "boot": "kernel",
  "disk": "disk.qcow2",
  "kernel_file": "vmlinuz",
  "initrd_file": "initrd.img",
  "cmdline": "root=/dev/vda rw console=ttyS0 net.ifnames=0 quiet systemd.show_status=1"
}
JSON
chmod 444 "$result"/*
chmod 755 "$result"
sync -f "$result"
rm -rf "$folder"
mv "$result" "$folder"
ln -sfn "${folder##*/}" "$outdir/current"
echo "Built ${folder##*/}"
