#!/usr/bin/env bash
# Templates, the disks that new machines start from. A folder each, read-only; "current" is a link to the one in use.
#   templates.sh build [NAME]            from this distribution's signed packages, and makes it current   [debian-12]
#   templates.sh build-ubuntu URL [NAME] from an Ubuntu cloud image, once its signature was verified      [ubuntu]
#   templates.sh list                    all of them, and how many machines stand on each
#   templates.sh verify [TEMPLATE]       one, or all: every file as it was when it was built, the disk sound
#   templates.sh use TEMPLATE            what new machines get from now on
#   templates.sh retire TEMPLATE         removes one that is not current and that no machine stands on
# The folder is Images__Path, else WEBHOSTER_IMAGES (also of .env, docker-compose's), else images/ of the data directory (WEBHOSTER_DATA).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
source "$here/../settings.sh"
read_env_file
[ -z "${WEBHOSTER_IMAGES:-}" ] || default Images__Path "$WEBHOSTER_IMAGES"
load_settings
images=$Images__Path

usage() { sed -n '3,8s/^#   //p' "$0" >&2; exit 64; }

is_template() { [[ $1 != */* && $1 != .* ]] && [ -f "$images/$1/template.json" ]; }

require_template() { is_template "$1" || die "there is no template '$1' in $images."; }

all_templates() { find "$images" -mindepth 2 -maxdepth 2 -name template.json -printf '%h\n' 2>/dev/null | sed 's|.*/||' | sort; }

field() { sed -n "s/^ *\"$2\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" "$images/$1/template.json"; }

# A disk names the file that it stands on in its header; -U, since a running machine has it locked.
machines_on() {
    local disk count=0 backing
    backing=$(realpath -m "$images/$1/$(field "$1" disk)")
    for disk in "$data"/machines/*/disk.qcow2; do
        [ -e "$disk" ] || continue
        [ "$(realpath -m "$(qemu-img info -U --output=json "$disk" | sed -n 's/^ *"full-backing-filename": "\(.*\)",$/\1/p')")" != "$backing" ] || count=$((count + 1))
    done
    echo $count
}

# What verify compares with. Written by root beside the files, which nobody may write; once, for a changed template must not become the
# right one by being built again.
seal() {
    [ ! -f "$images/$1/SHA256SUMS" ] || return 0
    (cd "$images/$1" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >"$images/.sums" && install -m 444 "$images/.sums" SHA256SUMS && rm "$images/.sums")
}

verify() {
    local template=$1
    [ -f "$images/$template/SHA256SUMS" ] || { echo "$template: not sealed; 'templates.sh build' does that"; return 1; }
    (cd "$images/$template" && sha256sum --check --quiet --strict SHA256SUMS) || { echo "$template: changed since it was built"; return 1; }
    [ -z "$(find "$images/$template" -type f -perm /222)" ] || { echo "$template: a file of it can be written"; return 1; }
    qemu-img check -q -U "$images/$template/$(field "$template" disk)" || { echo "$template: its disk is damaged"; return 1; }
    echo "$template: as it was built"
}

command=${1:-}
[ $# -gt 0 ] && shift || usage
case $command in
    build)
        [ $# -le 1 ] || usage
        "$here/build.sh" "${1:-debian-12}" "$images"
        seal "$(readlink "$images/current")"
        ;;
    build-ubuntu)
        [ $# -ge 1 ] && [ $# -le 2 ] || usage
        "$here/from-cloud-image.sh" "${2:-ubuntu}" "$1" "$images"
        seal "$(readlink "$images/current")"
        ;;
    list)
        [ $# = 0 ] || usage
        printf '%-9s %-28s %-36s %-22s %s\n' "" TEMPLATE SYSTEM BUILT MACHINES
        for template in $(all_templates); do
            printf '%-9s %-28s %-36s %-22s %s\n' "$([ "$(readlink "$images/current")" != "$template" ] || echo current)" "$template" \
                "$(field "$template" os)" "$(field "$template" built_at)" "$(machines_on "$template")"
        done
        ;;
    verify)
        [ $# -le 1 ] || usage
        [ $# = 0 ] || require_template "$1"
        code=0
        for template in ${1:-$(all_templates)}; do verify "$template" || code=1; done
        exit $code
        ;;
    use)
        [ $# = 1 ] || usage
        require_template "$1"
        ln -sfn "$1" "$images/current"
        ;;
    retire)
        [ $# = 1 ] || usage
        require_template "$1"
        [ "$(readlink "$images/current")" != "$1" ] || die "$1 is what new machines get: 'templates.sh use' another first."
        [ "$(machines_on "$1")" = 0 ] || die "$(machines_on "$1") machines stand on $1: without it they have no disk."
        rm -rf --one-file-system "${images:?}/$1"
        ;;
    *) usage ;;
esac
