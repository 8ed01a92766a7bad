# libvirt: starting it, and whether hardware virtualization really works.
# shellcheck shell=bash

libvirt_uri=${Hypervisor__Uri:-qemu:///system}

libvirt_answers() { LC_ALL=C timeout 15 virsh -c "$libvirt_uri" version >/dev/null 2>&1 </dev/null; }

start_libvirt() {
    while IFS= read -r command; do bash -c "$command"; done < <(kvm_commands)
    ! libvirt_answers || return 0
    if has_systemd; then
        systemctl start virtlogd.socket libvirtd.socket libvirtd.service
    else
        pgrep -x virtlogd >/dev/null || start_daemon /usr/sbin/virtlogd
        pgrep -x libvirtd >/dev/null || start_daemon /usr/sbin/libvirtd
    fi
    wait_for 60 "libvirt to answer" libvirt_answers
}

# Prints what is still to be done for machines to open /dev/kvm, now and after a restart of the host. A machine has a uid of its own and of
# groups only libvirt's, which on Debian is not kvm.
kvm_commands() {
    local group rule rules=/etc/udev/rules.d
    [ -c /dev/kvm ] && [ -d /var/lib/libvirt/qemu ] || return 0
    # Which libvirt's own user cannot open: it would probe QEMU anew on every call, 4 s each time.
    [ "$(stat -c '%U:%G %a' /dev/kvm)" != "root:root 600" ] || echo "chown root:kvm /dev/kvm && chmod 660 /dev/kvm"
    group=$(stat -c %G /var/lib/libvirt/qemu)
    [ "$group" != kvm ] || return 0
    [[ $(stat -c %a /dev/kvm) == *6 ]] || getfacl -cp /dev/kvm 2>/dev/null | grep -qx "group:$group:rw-" || echo "setfacl -m g:$group:rw /dev/kvm"
    rule="KERNEL==\"kvm\", RUN+=\"/usr/bin/setfacl -m g:$group:rw /dev/kvm\""
    [ ! -d $rules ] || [ -z "${name:-}" ] || [ "$(cat "$rules/99-webhoster-$name.rules" 2>/dev/null)" = "$rule" ] || echo "echo '$rule' >$rules/99-webhoster-$name.rules"
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
