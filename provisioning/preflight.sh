# What must be so before `up` touches anything. Each function prints one line per problem: what, and how to mend it.
# shellcheck shell=bash

problems() {
    check_root
    check_machine
    check_dotnet
    check_memory
    check_disk
    check_port "$Sites__Port" sites WEBHOSTER_SITES_PORT
    check_port "$Portal__Port" web WEBHOSTER_PORTAL_PORT
    [ "$Portal__Tls" != true ] || check_port "$Portal__TlsPort" portal Portal__TlsPort
}

problem() { printf '%s|%s\n' "$1" "$2"; }

check_root() { [ "$(id -u)" = 0 ] || problem "not root" "sudo ./webhoster up"; }

check_machine() {
    local ID='' VERSION_ID=0 PRETTY_NAME=unknown
    [ ! -r /etc/os-release ] || source /etc/os-release
    case $ID in
        debian) [ "${VERSION_ID%%.*}" -ge 12 ] || problem "$PRETTY_NAME is too old" "use Debian 12 or later" ;;
        ubuntu) [ "${VERSION_ID%%.*}" -ge 22 ] || problem "$PRETTY_NAME is too old" "use Ubuntu 22.04 or later" ;;
        *) problem "$PRETTY_NAME is not supported" "use Debian 12 or later, or Ubuntu 22.04 or later" ;;
    esac
    [ "$(uname -m)" = x86_64 ] || problem "the processor is $(uname -m)" "use an x86-64 machine"
}

check_dotnet() {
    local mend="install the .NET 10 SDK, for all users" newest
    if ! command -v dotnet >/dev/null; then
        problem "no .NET SDK" "$mend"
        return
    fi
    newest=$(dotnet --list-sdks | cut -d. -f1 | sort -n | tail -1)
    if [ "${newest:-0}" -lt 10 ]; then
        problem "the .NET SDK is too old: ${newest:-only the runtime is there}" "$mend"
    elif [ "$(id -u)" = 0 ] && ! setpriv --reuid 65534 --regid 65534 --clear-groups "$(dotnet_path)" --list-runtimes >/dev/null 2>&1; then
        problem "only root can read .NET in $(dirname "$(dotnet_path)"), and the portal does not run as root" "$mend"
    fi
}

check_memory() {
    local mb
    mb=$(($(awk '/^MemTotal/ { print $2 }' /proc/meminfo) / 1024))
    # A machine sold as 2 GB shows a little less.
    [ "$mb" -ge 1900 ] || problem "too little memory: $mb MB" "use a machine with 2 GB or more"
}

check_disk() {
    local folder=$data mb needed=10240
    [ ! -f "$settings_file" ] || needed=2048
    until [ -d "$folder" ]; do folder=$(dirname "$folder"); done
    mb=$(df -Pm "$folder" | awk 'NR == 2 { print $4 }')
    [ "$mb" -ge $needed ] || problem "too little disk: $mb MB free in $folder, $needed needed" "free some, or set WEBHOSTER_DATA"
}

check_port() {
    local port=$1 service=$2 setting=$3 holder pid parent
    [[ $port =~ ^[0-9]+$ ]] && [ "$port" -ge 1 ] && [ "$port" -le 65535 ] || {
        problem "$setting is not a port: $port" "set it to 1-65535"
        return
    }
    holder=$(port_holder "$port") || return 0
    pid=$(service_pid "$service" || true)
    parent=$(awk '/^PPid/ { print $2 }' "/proc/${holder:-0}/status" 2>/dev/null || true)
    [ -n "$pid" ] && { [ "$holder" = "$pid" ] || [ "$parent" = "$pid" ]; } && return
    # A worker of ours whose master was killed: it is cleared away before the next start.
    [ -z "$holder" ] || [ -z "$(find "/proc/$holder/fd" -lname "$data/*" -print -quit 2>/dev/null)" ] || return 0
    problem "port $port is taken${holder:+ by $(xargs -0 <"/proc/$holder/cmdline" | cut -c1-60) (process $holder)}" \
        "stop it, or set $setting"
}

# Prints the process that listens on a port (nothing where it cannot be seen); 1 where nobody does. Reads /proc, since
# this runs before any package is installed.
port_holder() {
    local inodes link
    inodes=$(awk -v port="$(printf ':%04X' "$1")" '$4 == "0A" && $2 ~ port "$" { print $10 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
    [ -n "$inodes" ] || return 1
    link=$(find /proc/[0-9]*/fd -lname "socket:\[$(head -n 1 <<<"$inodes")\]" 2>/dev/null | sort -t/ -k3n | head -n 1 || true)
    cut -d/ -f3 <<<"$link"
}
