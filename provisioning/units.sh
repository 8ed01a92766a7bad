# systemd's units: one per service, each with no more of the host than it needs.
# shellcheck shell=bash

write_unit() { render_unit "$1" >"/etc/systemd/system/$name-$1.service"; }

render_unit() {
    local command='' argument
    while IFS= read -r argument; do command+="\"${argument//%/%%}\" "; done < <(service_command "$1")
    cat <<UNIT
[Unit]
Description=WebHoster $name: $1
Documentation=file:$root/docs/operations.md
$([ "$1" != worker ] || echo "# At a shutdown it is gone before the machines go, and takes none of them for one that its customer has stopped.
After=libvirt-guests.service")
After=network-online.target libvirtd.service $([ "$1" = postgres ] || echo "$name-postgres.service")
Wants=network-online.target

[Service]
User=$(service_user "$1")
$(settings_for "$1")
$(before_start "$1")
ExecStart=$command
$(after_start "$1")
Restart=always
RestartSec=2
LimitNOFILE=65536
KillMode=mixed
$([ "$1" != postgres ] || echo KillSignal=SIGINT)
TimeoutStopSec=60

$(sandbox "$1")

[Install]
WantedBy=multi-user.target
UNIT
}

# Secrets and other settings are for the program alone.
settings_for() {
    case $1 in
        web | worker) printf 'EnvironmentFile=-%s\n' "$settings_file" "$secret_settings_file" ;;
    esac
}

# A killed nginx leaves its socket's file behind, and the next one would not start past it.
before_start() {
    case $1 in
        sites | ssh | portal) printf 'ExecStartPre=/bin/rm -f "%s/run/nginx-%s-control.sock"\n' "${data//%/%%}" "$1" ;;
    esac
}

after_start() {
    # shellcheck disable=SC2016 # systemd's own variable
    case $1 in
        sites | ssh | portal) echo 'ExecReload=/bin/kill -HUP $MAINPID' ;;
    esac
}

# What all can do without, then what each may have.
sandbox() {
    local folder=${data//%/%%}
    cat <<COMMON
NoNewPrivileges=yes
ProtectSystem=strict
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
ProtectHome=$(home_protection)
COMMON
    case $1 in
        postgres)
            cat <<POSTGRES
CapabilityBoundingSet=
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
MemoryDenyWriteExecute=no
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
ReadWritePaths="$folder/postgres" "$folder/run/postgres"
UMask=0077
OOMScoreAdjust=-500
POSTGRES
            ;;
        web)
            # .NET makes code as it runs, so memory may be written and executed.
            cat <<WEB
CapabilityBoundingSet=$([ "$Portal__Port" -ge 1024 ] || echo CAP_NET_BIND_SERVICE)
AmbientCapabilities=$([ "$Portal__Port" -ge 1024 ] || echo CAP_NET_BIND_SERVICE)
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
ProtectProc=invisible
RemoveIPC=yes
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
ReadWritePaths="$folder/keys" "$folder/logs/web"
UMask=0077
WEB
            ;;
        worker)
            # Owners of disks, firewall and neighbours, nginx's processes; a network namespace to try the firewall's rules in.
            cat <<WORKER
Environment=HOME=/tmp
CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_NET_ADMIN CAP_NET_BIND_SERVICE CAP_NET_RAW CAP_SETGID CAP_SETUID CAP_SYS_ADMIN CAP_SYS_PTRACE
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET
RestrictNamespaces=net
SystemCallFilter=@system-service unshare
ReadWritePaths="$folder" -/var/log/libvirt$([ -z "${Backup__Path:-}" ] || printf ' "-%s"' "${Backup__Path//%/%%}")
WORKER
            ;;
        sites | ssh | portal)
            cat <<NGINX
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_CHOWN CAP_DAC_OVERRIDE CAP_KILL
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
ProtectProc=invisible
MemoryDenyWriteExecute=yes
SystemCallFilter=@system-service
ReadWritePaths="$folder/nginx/$1" "$folder/logs" "$folder/run" -/var/lib/nginx -/var/log/nginx
NGINX
            ;;
    esac
}

# .NET, the data or the backups may be in somebody's home: then homes are there to be read.
home_protection() {
    case "$(dotnet_path):$data:${Backup__Path:-}" in
        /home/* | /root/* | *:/home/* | *:/root/*) echo read-only ;;
        *) echo yes ;;
    esac
}
