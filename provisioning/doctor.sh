# `doctor`: what this machine lacks, each with the command that mends it.
# shellcheck shell=bash
source "$provisioning/preflight.sh"

command_doctor() {
    local found
    found=$(problems; missing_packages; missing_libvirt)
    if [ -n "$found" ]; then
        while IFS='|' read -r what mend; do
            printf '✗ %s\n    %s\n' "$what" "$mend"
        done <<<"$found"
        return 1
    fi
    echo "✓ This machine has what WebHoster needs."
    [ "$(accelerator)" = kvm ] || echo "  There is no hardware virtualization: machines run in software emulation, about ten times slower."
}

missing_packages() {
    local line
    line=$("$provisioning/setup-host.sh" --check run) || problem "packages are missing" "$line"
}

missing_libvirt() {
    command -v virsh >/dev/null || return 0
    libvirt_answers || problem "libvirt does not answer at $libvirt_uri" \
        "$(if has_systemd; then echo "systemctl start libvirtd"; else echo "virtlogd -d; libvirtd -d"; fi)"
}
