# shellcheck shell=bash
# libvirt and QEMU as files: domains/NAME.xml, domains/NAME.state ("STATE REASON"), nets/NAME.xml, guests/ADDRESS.
# Words and exit codes are those of the real tools under LC_ALL=C.

refuse() {
    printf 'error: %s\n' "$@" >&2
    exit 1
}

# One change at a time, as in libvirtd; written beside and renamed, so that a reader never sees half.
alone() {
    exec 8>>"$state/daemon"
    flock 8
}

put() { cat >"$1.new" && mv "$1.new" "$1"; }

virsh_() {
    shift 3
    local verb=$1
    shift
    case $verb in
        net-*) alone; net_ "${verb#net-}" "$@" ;;
        # Figures are nothing that a fault could harm: these machines have none.
        domstats) [ "$1" = --list-running ] || { alone; stats "$@"; } ;;
        define) alone; define "$@" ;;
        *) alone; domain "$verb" "$@" ;;
    esac
}

stats() {
    local file name number reason
    local wanted=${3:-}
    [ -z "$wanted" ] || [ -e "$state/domains/$wanted.xml" ] || refuse "failed to get domain '$wanted'"
    for file in "$state/domains/"${wanted:-*}.xml; do
        [ -e "$file" ] || continue
        name=${file##*/} name=${name%.xml}
        read -r number reason <"$state/domains/$name.state"
        printf "Domain: '%s'\n  state.state=%s\n  state.reason=%s\n\n" "$name" "$number" "$reason"
    done
}

define() {
    local name
    name=$(sed -n 's|.*<name>\(.*\)</name>.*|\1|p' "$1")
    [ -n "$name" ] || refuse "Failed to define domain from $1"
    [ -e "$state/domains/$name.state" ] || echo 5 0 | put "$state/domains/$name.state"
    put "$state/domains/$name.xml" <"$1"
}

domain() {
    local verb=$1 name=$2
    if [ "$verb" = dumpxml ]; then name=$3; fi
    local xml=$state/domains/$name.xml
    [ -e "$xml" ] || refuse "failed to get domain '$name'"
    local number
    read -r number _ <"$state/domains/$name.state"
    local address disk seed
    address=$(sed -n 's|.*name="IP" value="\([0-9.]*\)".*|\1|p' "$xml")
    case $verb in
        dumpxml) cat "$xml" ;;
        start)
            [ "$number" = 5 ] || refuse 'Domain is already active'
            disk=$(sed -n 's|.*<source file="\([^"]*/machines/[^"]*/disk.qcow2\)".*|\1|p' "$xml")
            seed=$(sed -n 's|.*<source file="\([^"]*/seed.iso\)".*|\1|p' "$xml")
            for file in "$disk" "$seed"; do
                [ -s "$file" ] || refuse "Failed to start domain '$name'" "Cannot access storage file '$file': No such file or directory"
            done
            put "$state/guests/$address" <"$seed"
            become 1 1 Started Booted ;;
        shutdown | destroy)
            [ "$number" = 1 ] || refuse "Failed to $verb domain '$name'" 'Requested operation is not valid: domain is not running'
            rm -f "$state/guests/$address"
            if [ "$verb" = shutdown ]; then become 5 1 Stopped Shutdown; else become 5 2 Stopped Destroyed; fi ;;
        undefine)
            [ "$number" = 5 ] || refuse "a stand-in's domain is destroyed before it is undefined"
            # A stranger's has no address.
            rm -f "$xml" "$state/domains/$name.state" ${address:+"$state/keys/$address"} ;;
        qemu-agent-command)
            [ "$number" = 1 ] || refuse 'Requested operation is not valid: domain is not running'
            agent "$address" "$5" ;;
        *) refuse "unknown command: '$verb'" ;;
    esac
}

# Takes every script for the one that writes keys: keys/ADDRESS is what it was given.
agent() {
    case $2 in
        *'"execute":"guest-exec"'*)
            mkdir -p "$state/keys"
            sed -n 's/.*"input-data":"\([^"]*\)".*/\1/p' <<<"$2" | base64 -d | put "$state/keys/$1"
            echo '{"return":{"pid":4711}}' ;;
        *'"execute":"guest-exec-status"'*) echo '{"return":{"exited":true,"exitcode":0}}' ;;
        *) refuse "internal error: unable to execute QEMU agent command: The command has not been found" ;;
    esac
}

become() {
    echo "$1 $2" | put "$state/domains/$name.state"
    echo "event 'lifecycle' for domain '$name': $3 $4" >>"$state/events"
}

net_() {
    local verb=$1 name=$2 defined
    [ "$verb" != dumpxml ] || name=$3
    local xml=$state/nets/$name.xml
    case $verb in
        list) find "$state/nets" -name '*.active' -printf '%f\n' | sed 's/\.active$//'; return ;;
        define)
            defined=$(sed -n 's|.*<name>\(.*\)</name>.*|\1|p' "$2")
            put "$state/nets/$defined.xml" <"$2"
            return ;;
    esac
    [ -e "$xml" ] || refuse "failed to get network '$name'" "Network not found: no network with matching name '$name'"
    case $verb in
        dumpxml) cat "$xml" ;;
        start) : >"$state/nets/$name.active" ;;
        autostart) ;;
        destroy) rm -f "$state/nets/$name.active" ;;
        undefine) rm "$xml" ;;
        update)
            alone
            local mac=${5#*mac=\'}
            mac=${mac%%\'*}
            case $3 in
                add-last)
                    ! grep -q "mac='$mac'" "$xml" || refuse "Failed to update network '$name'" \
                        "Requested operation is not valid: there is an existing dhcp host entry in network '$name' that matches \"$5\""
                    sed "s|</dhcp>|  $5\n    &|" "$xml" | put "$xml" ;;
                delete)
                    grep -q "mac='$mac'" "$xml" || refuse "Failed to update network '$name'" \
                        "Requested operation is not valid: couldn't locate a matching dhcp host entry in network '$name'"
                    grep -v "mac='$mac'" "$xml" | put "$xml" ;;
            esac ;;
        *) refuse "unknown command: 'net-$verb'" ;;
    esac
}

virt_install() {
    local name='' uuid='' title='' mac='' check=on
    while [ $# -gt 0 ]; do
        case $1 in
            --name) name=$2 ;;
            --uuid) uuid=$2 ;;
            --metadata) title=${2#title=} ;;
            --network) mac=${2#*mac=} mac=${mac%%,*} ;;
            --check) check=${2#mac_in_use=} ;;
        esac
        shift
    done
    if [ "$check" = on ] && grep -qs "mac address=\"$mac\"" "$state/domains/"*.xml; then
        echo "ERROR    The MAC address '$mac' is in use by another virtual machine." >&2
        exit 1
    fi
    cat <<XML
<domain type="qemu">
  <name>$name</name>
  <uuid>$uuid</uuid>
  <title>$title</title>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <interface type="network">
      <mac address="$mac"/>
      <filterref filter="clean-traffic"/>
    </interface>
  </devices>
</domain>
XML
}

# A stand-in's disk holds nothing but the path of its backing file.
qemu_img() {
    local file=${!#}
    if [ "$1" = create ]; then
        echo "$8" >"$9"
        return
    fi
    [ -s "$file" ] || { echo "qemu-img: Could not open '$file': No such file or directory" >&2; exit 1; }
    printf '{"full-backing-filename": "%s"}\n' "$(cat "$file")"
}

# The image is the user-data itself: the "guest" shows the page that it finds there.
pack_seed() { cat "${!#}/user-data" >"$3"; }

# By inode, since files are given away before they are renamed into place.
chown_() {
    [ -e "${!#}" ] || return 1
    mkdir -p "$state/owners"
    echo "${2%%:*}" >"$state/owners/$(stat -c %i "${!#}")"
}

stat_() {
    local file
    if [ "$1" = --format=%g ]; then
        echo 64055
        return
    fi
    shift 2
    for file in "$@"; do
        [ -e "$file" ] || continue
        echo "$(cat "$state/owners/$(stat -c %i "$file")" 2>/dev/null || echo 0) $(stat -c %a "$file") $file"
    done
}

nft_() {
    case $1 in
        list) cat "$state/firewall" 2>/dev/null || { echo 'Error: No such file or directory' >&2; exit 1; } ;;
        delete) rm -f "$state/firewall" ;;
        *) put "$state/firewall" <<<"$1" ;;
    esac
}
