# What a server of its own needs besides packages, for setup-host.sh: each function prints the commands that are still to
# be run here, and nothing where all is as it should be. Printing and doing are one list, so that --check cannot lie.
# shellcheck shell=bash
source "$here/settings.sh"
source "$here/libvirt.sh"
source "$here/services.sh"
source "$here/folders.sh"
source "$here/logrotate.sh"
# In containers the portal always has TLS; where it listens is written where docker-compose reads it, too.
read_compose_settings() {
    read_env_file
    export Portal__Tls=true
    default Portal__TlsPort "${WEBHOSTER_TLS_PORT:-443}"
    default Ssh__FirstPort "${WEBHOSTER_SSH_FIRST_PORT:-10000}"
    default Ssh__LastPort "${WEBHOSTER_SSH_LAST_PORT:-20000}"
    default Network__Bridge "${WEBHOSTER_BRIDGE:-wh0}"
}
! $compose || read_compose_settings
load_settings

kernel_settings=/etc/sysctl.d/60-webhoster-$name.conf
modules=/etc/modules-load.d/webhoster-$name.conf

host_commands() {
    need_kvm
    need_libvirt
    need_forwarding
    if $compose; then
        # User and folders have fixed numbers there, which its init container gives them.
        need_log_rotation
    else
        need_user
        need_folders
    fi
    need_open_ports
}

prepare_host() {
    local command
    [ "$(id -u)" = 0 ] || die "setup-host.sh host must run as root."
    while IFS= read -r command; do
        echo "+ $command"
        bash -euo pipefail -c "$command" </dev/null
    done < <(host_commands)
    echo "This host is ready. Machines will run with $(accelerator)."
}

# Only where the processor can: the device file alone proves nothing.
need_kvm() {
    local module
    case $(grep -owm1 -e vmx -e svm /proc/cpuinfo || true) in
        vmx) module=kvm_intel ;;
        svm) module=kvm_amd ;;
        *) return 0 ;;
    esac
    # In a container the kernel is somebody else's.
    [ -e /sys/module/$module ] || ! modprobe -nq $module 2>/dev/null || echo "modprobe $module"
    [ "$(cat "$modules" 2>/dev/null)" = $module ] || [ ! -d /etc/modules-load.d ] || echo "echo $module >$modules"
    kvm_commands
}

need_libvirt() {
    has_systemd || return 0
    systemctl is-enabled --quiet libvirtd.service 2>/dev/null || echo "systemctl enable --now libvirtd.service"
}

# libvirt switches it on with its network; so that nothing switches it off at boot after that.
need_forwarding() {
    local line="net.ipv4.ip_forward = 1"
    [ "$(cat "$kernel_settings" 2>/dev/null)" = "$line" ] || echo "echo '$line' >$kernel_settings && sysctl -q -p $kernel_settings || true"
}

need_user() {
    id -u "$web_user" >/dev/null 2>&1 ||
        echo "useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin $web_user"
}

need_folders() {
    [ -d "$data/keys" ] && [ -s "$data/secrets/jwt.key" ] && return
    echo "install -d -m 711 '$data'"
    echo "source '$here/folders.sh'; data='$data' web_user='$web_user' postgres_user=postgres; make_data_folders; make_secrets"
}

need_log_rotation() {
    [ "$(cat "/etc/logrotate.d/webhoster-$name" 2>/dev/null)" = "$(render_logrotate)" ] ||
        echo "source '$here/logrotate.sh'; data='$data' name='$name'; write_logrotate"
}

# A firewall of our own keeps guests apart (nftables, table $name); what comes from outside is the administrator's. Where
# that is ufw or firewalld, the ports are opened in it; a hand-written one is told nothing.
need_open_ports() {
    local ports=("$Sites__Port/tcp" "$Ssh__FirstPort-$Ssh__LastPort/tcp") port
    if [ "$Portal__Tls" = true ]; then ports+=("$Portal__TlsPort/tcp"); else ports+=("$Portal__Port/tcp"); fi
    if command -v ufw >/dev/null && ufw status 2>/dev/null | grep -q '^Status: active'; then
        for port in "${ports[@]/-/:}"; do
            ufw status | grep -q "^$port .*ALLOW" || echo "ufw allow $port comment webhoster-$name"
        done
        # Guests' way to the world is forwarded traffic, which ufw drops by itself.
        ufw status | grep -q "ALLOW FWD.*on $Network__Bridge" || echo "ufw route allow in on $Network__Bridge comment webhoster-$name"
    elif command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1; then
        for port in "${ports[@]}"; do
            firewall-cmd --permanent --query-port="$port" >/dev/null 2>&1 ||
                echo "firewall-cmd --permanent --add-port=$port && firewall-cmd --reload && echo $port >>/var/lib/webhoster-ports-$name"
        done
    fi
}
