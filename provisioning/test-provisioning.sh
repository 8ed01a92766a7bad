# `test provisioning`: what the host is told: units, logrotate's file, setup-host.sh. Changes nothing on this host.
# shellcheck shell=bash

# Adds to passed and failed.
run_provisioning() {
    local check code
    echo "== provisioning"
    for check in units_are_valid units_are_confined logrotate_takes_its_file check_names_what_is_missing \
        what_is_to_be_done_is_told_and_then_done templates_are_kept cloud_images_are_verified secrets_are_two_units_alone \
        owners_are_mended ports_of_containers_are_opened machines_without_program_are_not_orphaned changed_settings_are_named \
        familiar_names_are_understood \
        an_interrupted_switch_is_undone a_refused_restore_starts_again_what_it_stopped a_missing_package_is_all_that_is_told; do
        code=0
        # Not as part of a condition, in which "set -e" would not count.
        provisioning_check "$check" &
        wait $! || code=$?
        if [ $code -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
        printf '  %s %s\n' "$([ $code -eq 0 ] && echo ✓ || echo ✗)" "${check//_/ }"
    done
}

provisioning_check() {
    local setting
    set -euo pipefail
    for setting in $(setting_names); do unset "$setting"; done
    work=$(mktemp -d)
    trap 'code=$?; [ $code -eq 0 ] || cat "$work/said"; rm -rf "$work"' EXIT
    WEBHOSTER_DATA=/var/lib/webhoster-units Portal__Tls=true load_settings
    source "$provisioning/logrotate.sh"
    # In a shell of its own: what ends it is told after its redirection has ended too.
    ("$1") >"$work/said" 2>&1
}

units_in_work() {
    local service
    # shellcheck disable=SC2317 # called by render_unit
    postgres_bin() { echo /usr/bin; }
    # shellcheck disable=SC2317
    dotnet_path() { echo /usr/bin/env; }
    for service in "${all_services[@]}"; do
        render_unit "$service" | sed -e 's|^ExecStart="[^"]*"|ExecStart=/usr/bin/env|' -e 's|^User=wh-web|User=daemon|' >"$work/wh-$service.service"
    done
}

units_are_valid() {
    units_in_work
    # What it only warns of leaves its exit code at 0.
    systemd-analyze verify --man=no --recursive-errors=no "$work"/*.service >"$work/verified" 2>&1 || true
    cat "$work/verified"
    [ ! -s "$work/verified" ]
}

# systemd's own measure, from 0 (confined) to 10 (free).
units_are_confined() {
    local service most exposure
    units_in_work
    for service in "${all_services[@]}"; do
        case $service in
            web | postgres) most=20 ;;
            worker) most=45 ;;
            *) most=30 ;;
        esac
        exposure=$(systemd-analyze security --offline=yes --no-pager "$work/wh-$service.service" | sed -n 's/.*Overall exposure level.*: \([0-9]*\)\.\([0-9]\).*/\1\2/p')
        echo "$service: $exposure of 100, $most allowed"
        [ "$exposure" -le $most ]
    done
}

secrets_are_two_units_alone() {
    Backup__Path=/mnt/backups units_in_work
    [ "$(cd "$work" && grep -l 'secrets/settings.env' -- *.service | xargs)" = "wh-web.service wh-worker.service" ]
    [ "$(cd "$work" && grep -l '^ReadWritePaths=.* "-/mnt/backups"$' -- *.service)" = wh-worker.service ]
}

# As they are after a move from a host that gave the same users other numbers.
owners_are_mended() {
    source "$provisioning/folders.sh"
    data=$work/data web_user=64001 postgres_user=64002
    make_data_folders
    make_secrets
    echo key >"$data/keys/key.xml"
    chown 64003 "$data/keys/key.xml"
    web_user=64004
    make_data_folders
    make_secrets
    [ "$(stat -c '%u %a' "$data/keys")" = "64004 700" ]
    [ "$(stat -c %u "$data/keys/key.xml")" = 64004 ]
    [ "$(stat -c '%u %g %a' "$data/secrets/jwt.key")" = "0 64004 640" ]
    [ "$(stat -c '%u %g %a' "$data/secrets/admin.password")" = "0 64004 600" ]
}

ports_of_containers_are_opened() {
    local said
    mkdir "$work/bin"
    # shellcheck disable=SC2016 # the stand-in's
    printf '#!/bin/sh\n[ "$1" != status ] || echo "Status: active"\n' >"$work/bin/ufw"
    chmod 755 "$work/bin/ufw"
    said=$(env -i PATH="$work/bin:$PATH" WEBHOSTER_TLS_PORT=8443 "$provisioning/setup-host.sh" --check host compose) && return 1
    grep -x 'ufw allow 8443/tcp comment webhoster-wh' <<<"$said"
    grep -x 'ufw allow 10000:20000/tcp comment webhoster-wh' <<<"$said"
    if grep -E '8080|useradd' <<<"$said"; then return 1; fi
}

machines_without_program_are_not_orphaned() {
    mkdir -p "$work/bin" "$work/data/machines/one"
    printf '#!/bin/sh\necho orphan-one\n' >"$work/bin/virsh"
    chmod 755 "$work/bin/virsh"
    if env -i PATH="$work/bin:$PATH" WEBHOSTER_NAME=orphan WEBHOSTER_DATA="$work/data" "$provisioning/uninstall.sh" --yes; then return 1; fi
    [ -d "$work/data/machines/one" ]
}

changed_settings_are_named() {
    settings_file=$work/settings.env secret_settings_file=$work/secret.env
    save_settings
    [ -z "$changed_settings" ]
    save_settings
    [ -z "$changed_settings" ]
    Sites__Port=8088 Mail__Password=new
    export Sites__Port Mail__Password
    save_settings
    [ "$(tr ' ' '\n' <<<"$changed_settings" | sort -u | xargs)" = "Mail__Password Sites__Port" ]
}

a_missing_package_is_all_that_is_told() {
    "$provisioning/setup-host.sh" --check run test bench compose 2>"$work/errors" || true
    [ ! -s "$work/errors" ]
}

# Between the two renames, which is where it hurts; services and health are told, not asked.
# shellcheck disable=SC2317 # called by go_back
an_interrupted_switch_is_undone() {
    local code=0
    source "$provisioning/deploy.sh"
    data=$work/data
    mkdir -p "$data/app" "$data/app.new"
    echo old >"$data/app/version"
    echo new >"$data/app.new/version"
    stop_service() { :; }
    start_service() { echo "$1" >>"$work/started"; }
    release_is_ready() { true; }
    slow_switch() {
        mv "$data/app" "$data/app.old"
        sleep 1
        mv "$data/app.new" "$data/app"
    }
    (
        trap go_back EXIT
        trap 'exit 130' INT TERM
        begin_step switch Switch slow_switch
        while [ -d "$data/app" ]; do sleep 0.05; done
        exit 130
    ) || code=$?
    sleep 1.5
    [ $code = 130 ]
    [ "$(cat "$data/app/version")" = old ]
    [ ! -e "$data/app.new" ]
    [ "$(xargs <"$work/started")" = "worker web" ]
}

logrotate_takes_its_file() {
    render_logrotate >"$work/logrotate"
    mkdir -p "$work/logs/web"
    sed -i "s|/var/lib/webhoster-units|$work|g" "$work/logrotate"
    echo line >"$work/logs/nginx-sites-access.log"
    chmod 644 "$work/logrotate"
    logrotate --state "$work/state" --force "$work/logrotate"
    [ -e "$work/logs/nginx-sites-access.log.1" ]
}

# In a root in which dpkg knows of nothing.
check_names_what_is_missing() {
    local said
    mkdir -p "$work/dpkg"
    : >"$work/dpkg/status"
    said=$(DPKG_ADMINDIR=$work/dpkg "$provisioning/setup-host.sh" --check run) && return 1
    grep -q '^apt-get install .*libvirt-daemon-system' <<<"$said"
}

# In namespaces of its own, so that the host keeps its files and its network.
what_is_to_be_done_is_told_and_then_done() {
    env -i PATH="$PATH" unshare --mount --net bash -euo pipefail -s "$provisioning" "$work" <<'INSIDE'
        provisioning=$1 work=$2
        for folder in etc var/lib; do
            mkdir -p "$work/over/$folder" "$work/inside/$folder"
            mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$work/over/$folder,workdir=$work/inside/$folder" "/$folder"
        done
        export WEBHOSTER_NAME=fresh WEBHOSTER_DATA=/var/lib/webhoster-fresh
        if told=$("$provisioning/setup-host.sh" --check host); then echo "nothing was to be done"; exit 1; fi
        grep -q '^useradd .*fresh-web$' <<<"$told"
        grep -q "install -d -m 711 '/var/lib/webhoster-fresh'" <<<"$told"
        [ ! -e /var/lib/webhoster-fresh ]
        if ! grep -q '^apt-get' <<<"$told"; then
            "$provisioning/setup-host.sh" host
            [ "$(stat -c %a /var/lib/webhoster-fresh/secrets/jwt.key)" = 640 ]
            key=$(cat /var/lib/webhoster-fresh/secrets/jwt.key)
            # Again: nothing to be told, nothing to be done, and the secret is the same.
            "$provisioning/setup-host.sh" --check host
            "$provisioning/setup-host.sh" host
            [ "$key" = "$(cat /var/lib/webhoster-fresh/secrets/jwt.key)" ]
        fi
INSIDE
    [ ! -e /var/lib/webhoster-fresh ]
    [ ! -e /etc/sysctl.d/60-webhoster-fresh.conf ]
}

# With a template of a few bytes: what is asked is the bookkeeping.
templates_are_kept() {
    local templates=$provisioning/image/templates.sh template
    export WEBHOSTER_DATA=$work/data Images__Path=$work/images
    for template in old-1 new-2; do
        mkdir -p "$work/images/$template"
        qemu-img create -q -f qcow2 "$work/images/$template/disk.qcow2" 1M
        printf '{\n  "os": "Debian",\n  "built_at": "2026-01-01T00:00:00Z",\n  "disk": "disk.qcow2"\n}\n' >"$work/images/$template/template.json"
        (cd "$work/images/$template" && sha256sum disk.qcow2 template.json >SHA256SUMS && chmod 444 -- *)
    done
    "$templates" use new-2
    mkdir -p "$work/data/machines/one"
    qemu-img create -q -f qcow2 -F qcow2 -b "$work/images/old-1/disk.qcow2" "$work/data/machines/one/disk.qcow2"
    "$templates" list | tee "$work/list"
    grep -Eq '^ +old-1 .* 1$' "$work/list"
    grep -Eq '^current +new-2 .* 0$' "$work/list"
    "$templates" verify
    if "$templates" retire old-1 2>"$work/refused"; then return 1; fi
    grep -q '1 machines stand on old-1' "$work/refused"
    if "$templates" retire new-2 2>"$work/refused"; then return 1; fi
    grep -q 'is what new machines get' "$work/refused"
    chmod 644 "$work/images/old-1/disk.qcow2"
    printf x | dd of="$work/images/old-1/disk.qcow2" bs=1 seek=100 conv=notrunc status=none
    if "$templates" verify old-1 >"$work/changed" 2>&1; then return 1; fi
    grep -q 'old-1: changed since it was built' "$work/changed"
    rm -r "$work/data/machines/one"
    "$templates" retire old-1
    [ ! -e "$work/images/old-1" ]
}

# From a folder, with a few bytes for an image, and a key of the moment.
cloud_images_are_verified() {
    local import=("$provisioning/image/from-cloud-image.sh" --verify-only) url=file://$work/release/small.img whose
    mkdir "$work/release"
    for whose in theirs another; do
        install -d -m 700 "$work/$whose"
        GNUPGHOME=$work/$whose gpg --batch --quiet --passphrase '' --quick-generate-key "$whose@example.com" ed25519 sign never
        GNUPGHOME=$work/$whose gpg --batch --export >"$work/$whose.gpg"
    done
    echo image >"$work/release/small.img"
    (cd "$work/release" && sha256sum small.img >SHA256SUMS)
    sign_sums() { GNUPGHOME=$work/$1 gpg --batch --yes --quiet --output "$work/release/SHA256SUMS.gpg" --detach-sign "$work/release/SHA256SUMS"; }
    sign_sums theirs
    "${import[@]}" --keyring "$work/theirs.gpg" small "$url" "$work/images" | grep -x 'Verified small.img'
    if "${import[@]}" --keyring "$work/another.gpg" small "$url" "$work/images" 2>"$work/refused"; then return 1; fi
    grep 'The signature of SHA256SUMS is not one of' "$work/refused"
    echo changed >"$work/release/small.img"
    if "${import[@]}" --keyring "$work/theirs.gpg" small "$url" "$work/images" 2>"$work/refused"; then return 1; fi
    grep 'small.img is not what SHA256SUMS says' "$work/refused"
    (cd "$work/release" && sha256sum small.img >SHA256SUMS)
    if "${import[@]}" --keyring "$work/theirs.gpg" small "$url" "$work/images" 2>"$work/refused"; then return 1; fi
    [ -z "$(ls -A "$work/images")" ]
    for whose in theirs another; do GNUPGHOME=$work/$whose gpgconf --kill all; done
}

familiar_names_are_understood() {
    local setting
    for setting in $(setting_names); do unset "$setting"; done
    WEBHOSTER_DATA=$work/data SECRET_KEY=key VM_BRIDGE_NAME=bridge VM_IMAGE_PATH=/images DATABASE_URL=postgresql://ada:p%40ss@db/hosting load_settings
    [ "$Jwt__Key $Network__Bridge $Images__Path" = 'key bridge /images' ]
    [ "$ConnectionStrings__Default" = 'Host=db;Port=5432;Database=hosting;Username="ada";Password="p@ss"' ]
    ! (connection_string 'postgresql://ada@db/hosting?sslmode=verify-full') || return 1
}

# shellcheck disable=SC2317 # called by command_restore
a_refused_restore_starts_again_what_it_stopped() {
    local code=0 file
    source "$provisioning/backup.sh"
    # Each restore below removes its steps' folder at its end, as a command does.
    data=$work/data name=webhoster-test-restore step_logs=''
    mkdir -p "$data/nginx/sites"
    touch "$data/nginx/sites/nginx.conf"
    require_root() { :; }
    prepare_restore() { :; }
    service_runs() { [ -e "$work/runs" ]; }
    stop_service() { rm -f "$work/runs"; }
    start_portal() { touch "$work/runs"; }
    give_owners() { :; }
    program() { [ "$1 ${allowed:-}" = "restore yes" ] || [ "$1 ${differs:-}" = "fsck " ]; }
    touch "$work/runs" "$work/file"
    for file in "$work/file" --undo; do
        (command_restore "$file") || code=$?
        [ $code -ne 0 ] && [ -e "$work/runs" ]
    done
    rm "$work/runs"
    ! (command_restore --undo) || return 1
    [ ! -e "$work/runs" ]
    # One that is taken back may have been left stopped.
    allowed=yes
    (command_restore --undo)
    [ -e "$work/runs" ]
    # A person looks first.
    differs=yes
    for file in 3 1; do
        code=0
        (command_restore --undo) || code=$?
        [ $code -eq $file ] && [ ! -e "$work/runs" ]
        allowed=''
    done
}
