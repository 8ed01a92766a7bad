# Settings: from the environment, else from what the last `up` wrote down, else the defaults.
# shellcheck shell=bash

die() {
    echo "webhoster: $1" >&2
    exit "${2:-1}"
}

# The program's own settings are variables such as Sites__Port. Those that may hold a secret are kept apart.
setting_names() { compgen -e | grep -E '^[A-Z][A-Za-z]*__' || true; }

is_secret() { [[ $1 == ConnectionStrings__* || $1 == Jwt__*Key || $1 =~ (Password|Secret|Token)$ ]]; }

# The form is what both systemd's EnvironmentFile and read_settings understand.
write_settings() {
    local secret=$1 setting value
    for setting in $(setting_names | sort); do
        if is_secret "$setting"; then $secret || continue; elif $secret; then continue; fi
        value=${!setting}
        value=${value//\\/\\\\}
        value=${value//\"/\\\"}
        printf '%s="%s"\n' "$setting" "$value"
    done
}

read_settings() {
    local setting value
    [ -r "$1" ] || return 0
    while IFS='=' read -r setting value; do
        [[ $setting =~ ^[A-Z][A-Za-z]*__[A-Za-z0-9_]+$ ]] || continue
        [ -z "${!setting+given}" ] || continue
        value=${value#\"}
        value=${value%\"}
        value=${value//\\\"/\"}
        value=${value//\\\\/\\}
        export "$setting=$value"
    done <"$1"
}

# What docker-compose reads; the environment comes first there, too.
read_env_file() {
    local variable value
    while IFS='=' read -r variable value; do
        [[ ! $variable =~ ^WEBHOSTER_[A-Z_]+$ ]] || [ -n "${!variable+given}" ] || export "$variable=$value"
    done < <(cat "$(dirname "${BASH_SOURCE[0]}")/../.env" 2>/dev/null)
}

default() { [ -n "${!1+given}" ] || export "$1=$2"; }

# postgresql://user:password@host:port/database, as other software has it, in Npgsql's words.
connection_string() {
    local url=$1 pattern='^postgres(ql)?(\+[a-z0-9]+)?://(([^:@/]+)(:([^@/]*))?@)?([^:/?]+)(:([0-9]+))?/([^?]+)'
    [[ $url =~ $pattern ]] || { echo "$url"; return; }
    [[ $url != *\?* ]] || die "DATABASE_URL has options behind the '?': give the connection in ConnectionStrings__Default, such as 'Host=db;Database=hosting;Username=ada;SSL Mode=VerifyFull'." 64
    decode() { local text=${1//\\/\\\\}; printf '%b' "${text//%/\\x}"; }
    quote() { printf '"%s"' "${1//\"/\"\"}"; }
    echo "Host=${BASH_REMATCH[7]};Port=${BASH_REMATCH[9]:-5432};Database=$(decode "${BASH_REMATCH[10]}");$(
        [ -z "${BASH_REMATCH[4]}" ] || printf 'Username=%s;' "$(quote "$(decode "${BASH_REMATCH[4]}")")")$(
        [ -z "${BASH_REMATCH[6]}" ] || printf 'Password=%s' "$(quote "$(decode "${BASH_REMATCH[6]}")")")"
}

load_settings() {
    data=${WEBHOSTER_DATA:-${Install__DataPath:-/var/lib/webhoster}}
    [[ $data == /* ]] || die "WEBHOSTER_DATA must be an absolute path, not '$data'." 64
    data=$(realpath -m "$data")
    # It stands in nginx's configuration, and a machine's console is a socket below it, whose path the kernel takes up to 107 characters of.
    [[ $data =~ ^/[A-Za-z0-9._/-]{1,47}$ ]] || die "WEBHOSTER_DATA has at most 48 of letters, digits and ._/-, not '$data'." 64
    export Install__DataPath=$data

    [ -z "${WEBHOSTER_NAME:-}" ] || default Install__Name "$WEBHOSTER_NAME"
    [ -z "${WEBHOSTER_HOST:-}" ] || default Install__Host "$WEBHOSTER_HOST"
    [ -z "${WEBHOSTER_SITES_PORT:-}" ] || default Sites__Port "$WEBHOSTER_SITES_PORT"
    [ -z "${WEBHOSTER_PORTAL_PORT:-}" ] || default Portal__Port "$WEBHOSTER_PORTAL_PORT"
    if [ -n "${DATABASE_URL:-}" ] && [ -z "${ConnectionStrings__Default+given}" ]; then
        local connection
        connection=$(connection_string "$DATABASE_URL")
        export ConnectionStrings__Default=$connection
    fi
    [ -z "${SECRET_KEY:-}" ] || default Jwt__Key "$SECRET_KEY"
    [ -z "${VM_BRIDGE_NAME:-}" ] || default Network__Bridge "$VM_BRIDGE_NAME"
    [ -z "${VM_IMAGE_PATH:-}" ] || default Images__Path "$VM_IMAGE_PATH"
    accelerator_is_given=${Hypervisor__Accelerator+true}
    settings_file=$data/settings.env
    secret_settings_file=$data/secrets/settings.env
    read_settings "$settings_file"
    read_settings "$secret_settings_file"

    default Install__Name wh
    name=$Install__Name
    [[ $name =~ ^[a-z][a-z0-9]{1,7}$ && ! $name =~ ^(filter|nat|raw|mangle)$ ]] || die "WEBHOSTER_NAME has 2-8 of a-z and 0-9, a letter first, and is no other firewall's table, not '$name'." 64
    default Install__Host localhost
    default Sites__Port 80
    default Portal__Port 8080
    default Portal__Tls false
    default Portal__TlsPort 443
    default Ssh__FirstPort 10000
    default Ssh__LastPort 20000
    default Network__Bridge "${name}0"
    default Network__Subnet 10.86.0.0/18
    default Images__Path "$data/images"
    default Jwt__KeyFile "$data/secrets/jwt.key"
    default DataProtection__KeysPath "$data/keys"
    default Logging__Path "$data/logs"
    embedded_connection="Host=$data/run/postgres;Database=webhoster;Username=webhoster"
    default ConnectionStrings__Default "$embedded_connection"
    # The portal is another user of the embedded PostgreSQL than the worker, and may do less.
    local embedded_web_connection="Host=$data/run/postgres;Database=webhoster;Username=webhoster_web"
    if postgres_is_embedded; then
        default ConnectionStrings__Web "$embedded_web_connection"
    elif [ "${ConnectionStrings__Web:-}" = "$embedded_web_connection" ]; then
        unset ConnectionStrings__Web
    fi
    web_user=$name-web
}

postgres_is_embedded() { [ "$ConnectionStrings__Default" = "$embedded_connection" ]; }

# Sets changed_settings: the names of those with which what runs was not started.
save_settings() {
    local file
    changed_settings=
    (umask 077 && write_settings true >"$secret_settings_file.new" && write_settings false >"$settings_file.new")
    for file in "$secret_settings_file" "$settings_file"; do
        [ ! -f "$file" ] || changed_settings+=$({ diff "$file" "$file.new" || true; } | sed -n 's/^[<>] \([A-Za-z0-9_]*\)=.*/\1 /p')
        mv "$file.new" "$file"
    done
}

require_root() { [ "$(id -u)" = 0 ] || die "this needs root: run 'sudo ./webhoster $1'." "${2:-1}"; }
