# libvirt: starting it, and whether hardware virtualization really works.
# shellcheck shell=bash

libvirt_uri=${Hypervisor__Uri:-qemu:///system}

libvirt_answers() { LC_ALL=C timeout 15 virsh -c "$libvirt_uri" version >/dev/null 2>&1 </dev/null; }

start_libvirt() {
    ! libvirt_answers || return 0
    # A /dev/kvm that QEMU's user cannot open makes libvirt probe QEMU anew on every call, 4 s each time.
    if [ -c /dev/kvm ] && [ "$(stat -c '%U:%G %a' /dev/kvm)" = "root:root 600" ]; then
        chown root:kvm /dev/kvm
        chmod 660 /dev/kvm
    fi
    if has_systemd; then
        systemctl start virtlogd.socket libvirtd.socket libvirtd.service
    else
        pgrep -x virtlogd >/dev/null || start_daemon /usr/sbin/virtlogd
        pgrep -x libvirtd >/dev/null || start_daemon /usr/sbin/libvirtd
    fi
    wait_for 60 "libvirt to answer" libvirt_answers
}

# The lock that `up` holds must not live on in what it starts.
start_daemon() (
    [ -z "${lock_fd:-}" ] || exec {lock_fd}>&-
    "$1" -d
)

# The device file proves nothing: it is there on machines whose processor cannot do it.
accelerator() {
    local report
    report=$(LC_ALL=C virt-host-validate qemu 2>/dev/null || true)
    if [[ -c /dev/kvm && $report == *"hardware virtualization"* ]] &&
        ! grep -E 'hardware virtualization|/dev/kvm' <<<"$report" | grep -c FAIL >/dev/null; then
        echo kvm
    else
        echo tcg
    fi
}
