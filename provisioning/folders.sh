# The folders and secrets of an install: what belongs to whom. Needs $data, $web_user and $postgres_user, names or numbers.
# shellcheck shell=bash

make_data_folders() {
    # Others may pass through, since every guest runs as a user of its own.
    install -d -m 711 "$data" "$data/machines" "$data/run"
    install -d -m 755 "$data/images" "$data/nginx" "$data/nginx/sites" "$data/nginx/ssh" "$data/nginx/portal" "$data/nginx/acme" "$data/logs"
    install -d -m 700 "$data/tls"
    install -d -m 750 -g "$web_user" "$data/secrets" "$data/logs/web"
    install -d -m 750 -o "$postgres_user" -g "$web_user" "$data/run/postgres"
    # The worker's socket in it belongs to this group, too, by the set-group-id bit.
    install -d -m 2750 -g "$web_user" "$data/run/streams"
    install -d -m 700 -o "$web_user" -g "$web_user" "$data/keys"
    # Numbers of another host, where the directory was moved or a backup was unpacked.
    find "$data/logs/web" "$data/keys" ! -user "$web_user" -exec chown -h "$web_user:$web_user" {} +
}

# Not before a restore, which brings its own.
make_secrets() {
    make_secret "$data/secrets/jwt.key" 48 640
    make_secret "$data/secrets/admin.password" 18 600
}

# Owner and mode of one that is there, too: it may come from a restore, or from a host with other numbers.
make_secret() {
    [ -s "$1" ] || (umask 077 && head -c "$2" /dev/urandom | base64 -w 0 >"$1.new" && mv "$1.new" "$1")
    chown "root:$web_user" "$1"
    chmod "$3" "$1"
}
