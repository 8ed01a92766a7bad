# `up`: from a fresh machine to a hosting that answers. Every step finds its own work and leaves it alone.
# shellcheck shell=bash
source "$provisioning/preflight.sh"
source "$provisioning/down.sh"

command_up() {
    local detach=false
    case "$*" in
        '') ;;
        --detach) detach=true ;;
        *) misuse "up takes --detach and nothing else." ;;
    esac

    refuse_with_problems
    exec {lock_fd}>"/run/lock/webhoster-$name"
    flock -n "$lock_fd" || die "another './webhoster up' is running."
    trap abandon_steps EXIT
    trap 'exit 130' INT TERM

    step "Packages" "$provisioning/setup-host.sh" run
    make_folders
    make_secrets
    step "libvirt" start_libvirt
    [ -n "$accelerator_is_given" ] || Hypervisor__Accelerator=$(accelerator)
    export Hypervisor__Accelerator
    save_settings
    ! $settings_changed || step "Stop what runs with other settings" stop_configured

    begin_step template "Template" "$provisioning/image/build.sh" debian-12 "$Images__Path"
    begin_step program "Program" publish_program
    ! postgres_is_embedded || step "PostgreSQL" start_postgres
    end_step program
    switch_program
    step "Database schema" program migrate
    step "Network, firewall and nginx configuration" program prepare
    step "nginx for sites and SSH" start_nginx
    end_step template
    # Before anybody else can register the administrator's name.
    step "Administrator" program ensure-admin --password-file "$data/secrets/admin.password"
    step "Portal and worker" start_portal
    program first-hosting
    flock -u "$lock_fd"
    $detach || stay
}

# The ssh instance is left to the worker's reload: its sessions go on.
stop_configured() { stop_service web; stop_service worker; stop_service sites; }

refuse_with_problems() {
    local found what mend
    found=$(problems)
    [ -n "$found" ] || return 0
    while IFS='|' read -r what mend; do
        printf 'webhoster: %s: %s\n' "$what" "$mend" >&2
    done <<<"$found"
    exit 1
}

make_folders() {
    id -u "$web_user" >/dev/null 2>&1 ||
        useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$web_user"
    # Others may pass through, since every guest runs as a user of its own.
    install -d -m 711 "$data" "$data/machines" "$data/run"
    install -d -m 755 "$data/images" "$data/nginx" "$data/nginx/sites" "$data/nginx/ssh" "$data/logs"
    install -d -m 750 -g "$web_user" "$data/secrets" "$data/logs/web"
    install -d -m 750 -o postgres -g "$web_user" "$data/run/postgres"
    # The worker's socket in it belongs to this group, too, by the set-group-id bit.
    install -d -m 2750 -g "$web_user" "$data/run/streams"
    install -d -m 700 -o "$web_user" -g "$web_user" "$data/keys"
    chown "$web_user" "$data/logs/web"
}

# Not before a restore, which brings its own.
make_secrets() {
    make_secret "$data/secrets/jwt.key" 48 640
    make_secret "$data/secrets/admin.password" 18 600
}

make_secret() {
    [ ! -s "$1" ] || return 0
    (umask 077 && head -c "$2" /dev/urandom | base64 -w 0 >"$1.new")
    chgrp "$web_user" "$1.new"
    chmod "$3" "$1.new"
    mv "$1.new" "$1"
}

start_nginx() {
    start_service sites
    start_service ssh
    wait_for 20 "nginx to listen on port $Sites__Port" port_holder "$Sites__Port" || { show_service_log sites; return 1; }
}

start_portal() {
    start_service worker
    start_service web
    wait_for 60 "the portal to be ready" portal_is_ready || { show_service_log web; show_service_log worker; return 1; }
}

portal_is_ready() { curl -fs -m 5 -o /dev/null --noproxy '*' "http://127.0.0.1:$Portal__Port/health/ready"; }

# In the foreground: the logs until Ctrl-C, then down. The machines stay.
stay() {
    echo "Ctrl-C stops the portal; the machines stay."
    if has_systemd; then
        journalctl -q -f -n 0 -o cat -u "$name-*" &
    else
        tail -q -n 0 -F "$(service_log web)" "$(service_log worker)" &
    fi
    local follower=$!
    # Stopping is not done inside the trap: bash would take its own waiting for the interrupted one.
    trap 'kill $follower 2>/dev/null || true' INT TERM
    wait $follower || true
    trap '' INT TERM
    echo
    stop_everything
}
