# `test compose`: the stack of docker-compose.yml for real, from building its images to a hosting on this host's libvirt
# that answers, and down to nothing. Beside whatever runs here: names, ports and networks are its own.
# WEBHOSTER_TEST_DOCKER names a folder in which a daemon of the test's own keeps its images for the next run.
# shellcheck shell=bash
source "$provisioning/docker.sh"

sdk_image=mcr.microsoft.com/dotnet/sdk:10.0
runtime_image=mcr.microsoft.com/dotnet/aspnet:10.0
system_image=debian:12-slim

# Sets passed and failed.
run_compose() {
    local code=0
    echo "== compose"
    # A shell of its own, so that what is torn down is torn down wherever it stops; not as part of a condition, in which
    # "set -e" would not count.
    compose_test &
    wait $! || code=$?
    passed=$((passed + $(cat "$results/compose.passed" 2>/dev/null || echo 0)))
    [ $code -eq 0 ] || failed=$((failed + 1))
}

compose_test() {
    set -euo pipefail
    local setting third
    for setting in $(setting_names); do unset "$setting"; done
    third=$((RANDOM % 200 + 20))
    name=$(printf 'c%04x' $RANDOM)
    data=/var/lib/webhoster-$name
    work=$(mktemp -d /var/tmp/webhoster-compose-XXXXXX)
    chmod 711 "$work"
    checks=0 checks_file=$results/compose.passed
    trap 'compose_end' EXIT
    trap 'exit 130' INT TERM
    step_logs=
    step_pids=()

    step "Packages" "$provisioning/setup-host.sh" run compose
    step "libvirt" start_libvirt
    begin_step template "Template" ensure_test_template
    # Not as a step, which would be a shell of its own: DOCKER_HOST is for all that follows.
    docker_folder=${WEBHOSTER_TEST_DOCKER:-$work/docker}
    start_docker "$docker_folder"
    # Another's daemon keeps what it knows under these names.
    [ -n "${DOCKER_HOST:-}" ] || { sdk_image=$name/sdk runtime_image=$name/runtime system_image=$name/system; }
    [ -n "${WEBHOSTER_TEST_PULL:-}" ] || docker image inspect "$sdk_image" >/dev/null 2>&1 || step "Base images from the distribution's packages" make_base_images
    write_compose_settings "$third"
    step "Images" compose build
    end_step template
    check "The files for development and production fit" files_fit
    step "Folders as another user's" folders_of_another
    check "The stack comes up, each part when what it needs is healthy" compose up -d
    check "Every part is healthy" wait_for 180 "all to be healthy" all_are_healthy
    check "Status is told in the worker" compose exec -T worker webhoster status
    check "The portal answers by TLS, in HTTP/2, with HSTS once" portal_answers
    check "Plain HTTP to the portal's name is sent to TLS, and ACME challenges are answered" plain_is_sent_on
    check "Limits, users and log rotation are in effect" limits_are_there
    check "No secret is in a container's settings or readable by others" secrets_are_kept
    check "The portal's user of PostgreSQL cannot change the audit log" audit_log_is_kept
    check "A weak key is refused" weak_key_is_refused
    check "A hosting is created" create_hosting
    check "Its site and its SSH answer" hosting_answers
    check "A new portal takes over while the site serves" replace_portal
    check "fsck is clean" compose exec -T worker webhoster fsck
    check "A backup is made, tried and restored" back_up_and_restore
    check "A killed nginx comes back" killed_nginx_comes_back
    check "The documented upgrade takes the worker and the portal anew while the site serves" upgrade
    check "The hosting is deleted" delete_hosting
    check "fsck is clean again" compose exec -T worker webhoster fsck
    check "Everything is taken down" take_down
    check "Nothing is left" nothing_is_left
}

compose() {
    (cd "$root" && PATH=/usr/bin:$PATH docker-compose --env-file "$work/env" -p "$name" "$@")
}

compose_end() {
    local code=$?
    trap - EXIT
    abandon_steps
    if [ $code -ne 0 ] && [ -f "$work/env" ]; then
        compose ps >&2 || true
        compose logs --tail=25 >&2 2>/dev/null || true
    fi
    [ ! -f "$work/env" ] || take_down >/dev/null 2>&1 || true
    stop_docker "$docker_folder" || true
    rm -rf --one-file-system "$work" "$data"
    exit $code
}

# No registry is asked: the system comes from the distribution's signed packages, .NET is this machine's.
make_base_images() {
    local system=$work/system
    local ID VERSION_CODENAME
    source /etc/os-release
    mmdebstrap --quiet --variant=minbase --format=directory --include='ca-certificates,openssl,?name(^libicu[0-9]+$)' "$VERSION_CODENAME" "$system" </dev/null
    apt-config dump | grep -E '^Acquire::(https?::|Check-|Retries)' >"$system/etc/apt/apt.conf.d/99host" || true
    # Authorities that only this machine knows, should its packages come through one.
    cp /etc/ssl/certs/ca-certificates.crt "$system/etc/ssl/certs/ca-certificates.crt"
    tar -C "$system" -c . | docker import - $system_image
    mkdir -p "$system/usr/share"
    cp -a "$(dirname "$(dotnet_path)")" "$system/usr/share/dotnet"
    tar -C "$system" -c . | docker import -c 'ENV PATH=/usr/share/dotnet:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        -c 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' -c "ENV NUGET_CERT_REVOCATION_MODE=${NUGET_CERT_REVOCATION_MODE:-online}" - $sdk_image
    docker tag $sdk_image $runtime_image
    rm -rf --one-file-system "$system"
}

write_compose_settings() {
    portal_host=portal.$name.test sites_host=sites.$name.test
    tls_port=$(free_port) sites_port=$(free_port)
    mkdir "$work/certificates"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$portal_host" \
        -addext "subjectAltName=DNS:$portal_host" -keyout "$work/certificates/key.pem" -out "$work/certificates/chain.pem" 2>/dev/null
    cat "$root/.env.production.example" - >"$work/env" <<ENV
WEBHOSTER_NAME=$name
WEBHOSTER_DATA=$data
WEBHOSTER_HOST=$sites_host
WEBHOSTER_PORTAL_HOST=$portal_host
WEBHOSTER_TLS_PORT=$tls_port
WEBHOSTER_PORTAL_PORT=$(free_port)
WEBHOSTER_SITES_PORT=$sites_port
WEBHOSTER_SSH_FIRST_PORT=$((31000 + RANDOM % 8 * 100))
WEBHOSTER_SSH_LAST_PORT=$((31000 + 899))
WEBHOSTER_CERTIFICATE=$work/certificates/chain.pem
WEBHOSTER_CERTIFICATE_KEY=$work/certificates/key.pem
WEBHOSTER_CERTIFICATES=$work/certificates
WEBHOSTER_ACCELERATOR=$(accelerator)
WEBHOSTER_IMAGES=$test_images
WEBHOSTER_BRIDGE=${name}0
WEBHOSTER_SUBNET=10.89.$1.0/24
WEBHOSTER_PORTAL_NETWORK=172.31.$1.0/28
WEBHOSTER_WEB_IMAGE=$name/web
WEBHOSTER_HOST_IMAGE=$name/host
WEBHOSTER_POSTGRES_IMAGE=$name/postgres
Engine__ReadySeconds=2400
Engine__CreateDeadlineSeconds=2700
WEBHOSTER_OPEN_FILES=$(($(ulimit -Hn) < 65536 ? $(ulimit -Hn) : 65536))
SDK_IMAGE=$sdk_image
RUNTIME_IMAGE=$runtime_image
SYSTEM_IMAGE=$system_image
BUILD_NETWORK=host
ENV
}

# Below the range that the kernel hands out.
free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

files_fit() {
    compose config -q
    compose -f docker-compose.yml -f docker-compose.dev.yml config -q
}

# As a launcher's install, or one that came from another host, has left them.
folders_of_another() {
    # shellcheck disable=SC2034 # read by make_data_folders
    local web_user=64001 postgres_user=64002
    source "$provisioning/folders.sh"
    make_data_folders
    make_secrets
}

all_are_healthy() {
    local id state
    for id in $(compose ps -q postgres sites ssh worker web front); do
        state=$(docker inspect -f '{{.State.Health.Status}}' "$id")
        [ "$state" = healthy ] || return 1
    done
}

portal() {
    curl -sS -m 30 --noproxy '*' --cacert "$work/certificates/chain.pem" --resolve "$portal_host:$tls_port:127.0.0.1" "$@"
}
portal_url() { echo "https://$portal_host:$tls_port$1"; }
site() { curl -sS -m 10 --noproxy '*' --resolve "$sites_host:$sites_port:127.0.0.1" "http://$sites_host:$sites_port$1"; }

portal_answers() {
    portal -f -o "$work/page" -D "$work/headers" "$(portal_url /login)"
    grep -q '^HTTP/2 200' "$work/headers"
    [ "$(grep -ci '^strict-transport-security: max-age=31536000' "$work/headers")" = 1 ]
    [ "$(grep -ci '^x-content-type-options: nosniff' "$work/headers")" = 1 ]
    grep -i '^set-cookie:' "$work/headers" | tee "$work/cookies"
    none grep -vi '; *secure' "$work/cookies"
    grep -q '<form' "$work/page"
    portal -f "$(portal_url /health/ready)"
}

plain_is_sent_on() {
    local to
    to=$(curl -sS -m 10 --noproxy '*' --resolve "$portal_host:$sites_port:127.0.0.1" -o /dev/null -w '%{redirect_url}' "http://$portal_host:$sites_port/login?a=1")
    [ "$to" = "$(portal_url '/login?a=1')" ]
    mkdir -p "$data/nginx/acme/.well-known/acme-challenge"
    echo answer >"$data/nginx/acme/.well-known/acme-challenge/token"
    [ "$(site /.well-known/acme-challenge/token)" = answer ]
}

limits_are_there() {
    local service id
    for service in postgres sites ssh worker web front; do
        id=$(compose ps -q $service)
        [ "$(docker inspect -f '{{.HostConfig.Memory}}' "$id")" -gt 0 ]
        [ "$(docker exec "$id" sh -c 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max')" = "$(docker inspect -f '{{.HostConfig.Memory}}' "$id")" ]
        [ "$(docker inspect -f '{{index .HostConfig.LogConfig.Config "max-size"}}' "$id")" = 10m ]
        [ "$(docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' "$id")" = always ]
    done
    [ "$(docker exec "$(compose ps -q web)" id -u)" = 990 ]
    [ "$(docker exec "$(compose ps -q postgres)" id -u)" = 991 ]
    none docker exec "$(compose ps -q web)" touch /app/x
}

secrets_are_kept() {
    local key
    key=$(cat "$data/secrets/jwt.key")
    for id in $(compose ps -q); do
        docker inspect "$id" >"$work/inspected"
        none grep -qF "$key" "$work/inspected"
    done
    [ "$(stat -c '%a %u' "$data/secrets/admin.password")" = "600 0" ]
    [ "$(stat -c '%a %g' "$data/secrets/jwt.key")" = "640 990" ]
    none docker exec "$(compose ps -q web)" cat "$data/secrets/admin.password"
}

audit_log_is_kept() {
    none as_portal 'update audit_entries set at = at' 2>"$work/refused"
    grep 'permission denied for table audit_entries' "$work/refused"
    as_portal 'select count(*) from audit_entries'
    none docker exec "$(compose ps -q web)" printenv ConnectionStrings__Default
}

as_portal() {
    docker exec -u 990 "$(compose ps -q postgres)" psql -X -At -v ON_ERROR_STOP=1 -h "$data/run/postgres" -U webhoster_web -d webhoster -c "$1"
}

weak_key_is_refused() {
    local said
    said=$(compose run --rm --no-deps -T -e Jwt__Key=your-secret-key-your-secret-key-your-secret web 2>&1) && return 1
    grep -F 'Jwt:Key is a placeholder' <<<"$said"
}

api() {
    local method=$1 path=$2
    shift 2
    portal -f -X "$method" -H "Authorization: Bearer ${token:-}" -H 'Content-Type: application/json' "$@" "$(portal_url "/api/v1$path")"
}

sign_in() {
    token=$(portal -f -d username=ada --data-urlencode 'password=correct horse battery' "$(portal_url /api/v1/auth/login)" | jq -er .access_token)
}

# follow OPERATION: its events as they come, until it ends; then how.
follow() {
    portal -m 3000 -N -H "Authorization: Bearer $token" "$(portal_url "/api/v1/operations/$1/events")" | grep --line-buffered '^event' | uniq -c || true
    [ "$(api GET "/operations/$1" | tee "$work/operation" | jq -r .data.status)" = succeeded ] || { cat "$work/operation"; return 1; }
}

create_hosting() {
    local answer
    portal -f -H 'Content-Type: application/json' -d '{"email":"ada@example.com","username":"ada","password":"correct horse battery"}' \
        "$(portal_url /api/v1/auth/register)" >/dev/null
    sign_in
    answer=$(api POST /host -d '{}')
    (umask 077 && jq -er .data.ssh_private_key <<<"$answer" >"$work/key")
    follow "$(jq -er .data.operation_id <<<"$answer")"
}

hosting_answers() {
    local port
    sign_in
    site /ada/ | grep -F '<title>ada is online</title>'
    port=$(api GET /host/my | jq -er .data.ssh_port)
    timeout 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; head -c 4 <&3" | grep -x SSH-
    [ "$(ssh -i "$work/key" -p "$port" -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o LogLevel=ERROR -o ConnectTimeout=30 ubuntu@127.0.0.1 id -un)" = ubuntu ]
}

# As docs/operations.md has it.
back_up_and_restore() {
    compose exec -T worker webhoster backup "$data/backups/x.backup"
    compose exec -T worker webhoster restore --check "$data/backups/x.backup"
    compose stop web worker
    compose run --rm --no-deps -T worker webhoster restore "$data/backups/x.backup"
    compose run --rm --no-deps -T worker webhoster fsck
    compose up -d
    wait_for 180 "all to be healthy" all_are_healthy
    hosting_answers
}

# As a power cut leaves it: its control socket's file is still there.
killed_nginx_comes_back() {
    local id service
    for service in sites ssh front; do
        id=$(compose ps -q $service)
        docker kill -s KILL "$id"
        docker start "$id"
    done
    wait_for 120 "all to be healthy" all_are_healthy
    hosting_answers
}

upgrade() { while_the_site_serves compose up -d --no-deps --force-recreate prepare worker web; }

replace_portal() {
    while_the_site_serves compose up -d --no-deps --force-recreate web
    portal -f "$(portal_url /health/ready)"
}

# The site is asked all the while, and may not miss an answer.
while_the_site_serves() {
    local visitor
    rm -f "$work/seen"
    : >"$work/missed"
    (while [ ! -e "$work/seen" ]; do site /ada/ >/dev/null 2>&1 || echo missed >>"$work/missed"; done) &
    visitor=$!
    "$@"
    wait_for 120 "all to be healthy" all_are_healthy
    touch "$work/seen"
    wait $visitor
    [ ! -s "$work/missed" ]
}

delete_hosting() {
    sign_in
    follow "$(api DELETE /host/my | jq -er .data.operation_id)"
    [ "$(portal -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "$(portal_url /api/v1/host/my)")" = 404 ]
}

take_down() {
    compose stop web worker front
    # Where it was never built, nothing was made that it would have to remove.
    ! docker image inspect "$name/host:latest" >/dev/null 2>&1 || compose run --rm --no-deps -T worker webhoster purge
    compose down -v --remove-orphans
    [ -n "${WEBHOSTER_TEST_DOCKER:-}" ] || docker rmi -f "$name"/{web,host,postgres,sdk,runtime,system} >/dev/null 2>&1 || true
    rm -rf --one-file-system "$data"
}

nothing_is_left() {
    {
        virsh -c "$libvirt_uri" list --all --name
        virsh -c "$libvirt_uri" net-list --all --name
        nft list tables
        ip -br link
        ss -Hltn
    } >"$work/left"
    none grep -E "$name|:($tls_port|$sites_port) " "$work/left"
    [ -z "$(docker ps -aq --filter "name=${name}_")" ]
    [ -z "$(docker volume ls -q --filter "name=${name}_")" ]
    [ -z "$(docker network ls -q --filter "name=${name}_")" ]
    [ ! -e "$data" ]
}
