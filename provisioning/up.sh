# `up`: from a fresh machine to a hosting that answers. Every step finds its own work and leaves it alone.
# shellcheck shell=bash
source "$provisioning/preflight.sh"
source "$provisioning/down.sh"
source "$provisioning/folders.sh"
source "$provisioning/logrotate.sh"

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
    [ -z "$changed_settings" ] || step "Stop what runs with other settings" stop_configured

    begin_step template "Template" "$provisioning/image/templates.sh" build debian-12
    begin_step program "Program" bring_program
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

# Sites and shells go on where nothing of theirs was changed; the ssh instance is left to the worker's reload in any case.
stop_configured() {
    stop_service web
    stop_service worker
    [[ ! $changed_settings =~ (Sites|Nginx)__ ]] || stop_service sites
    [[ ! $changed_settings =~ (Portal|Nginx)__ ]] || stop_service portal
}

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
    local postgres_user=postgres
    make_data_folders
    [ -z "${Backup__Path:-}" ] || [ -d "$Backup__Path" ] || install -d -m 700 "$Backup__Path"
    write_logrotate
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
    if [ "$Portal__Tls" != true ]; then
        ! service_is_known portal || stop_service portal
        return
    fi
    start_service portal
    wait_for 20 "nginx to listen on port $Portal__TlsPort" port_holder "$Portal__TlsPort" || { show_service_log portal; return 1; }
}

portal_address() { case ${Portal__Listen:-} in '' | '*') echo 127.0.0.1 ;; *) echo "$Portal__Listen" ;; esac; }

portal_is_ready() { curl -fs -m 5 -o /dev/null --noproxy '*' "http://$(portal_address):$Portal__Port/health/ready"; }

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
