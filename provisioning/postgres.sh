# The embedded PostgreSQL: a cluster and a socket of its own in the data directory, no TCP port.
# shellcheck shell=bash

as_postgres() { (cd / && setpriv --reuid postgres --regid postgres --init-groups "$@"); }

# An existing cluster keeps its major version, whatever else was installed since.
postgres_bin() {
    local version
    version=$(cat "$data/postgres/PG_VERSION" 2>/dev/null ||
        find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n | tail -1)
    echo "/usr/lib/postgresql/$version/bin"
}

postgres_command() {
    printf '%s\n' "$(postgres_bin)/postgres" -D "$data/postgres" -c listen_addresses= \
        -c "unix_socket_directories=$data/run/postgres" -c unix_socket_permissions=0777
}

create_cluster() {
    if [ -f "$data/postgres/PG_VERSION" ]; then
        # Moved here from a host where PostgreSQL's user has another number.
        find "$data/postgres" ! -user postgres -exec chown -h postgres:postgres {} +
        return
    fi
    rm -rf "$data/postgres" "$data/postgres.new"
    install -d -o postgres -g postgres -m 700 "$data/postgres.new"
    as_postgres "$(postgres_bin)/initdb" -D "$data/postgres.new" --auth=peer --encoding=UTF8 --locale=C.UTF-8 --no-instructions
    # Made beside and renamed: a killed initdb leaves no half cluster.
    mv "$data/postgres.new" "$data/postgres"
}

write_access() {
    cat >"$data/postgres/pg_hba.conf" <<HBA
local all postgres  peer
local all webhoster peer map=webhoster
local all webhoster_web peer map=webhoster
HBA
    cat >"$data/postgres/pg_ident.conf" <<IDENT
webhoster root      webhoster
webhoster $web_user webhoster_web
IDENT
}

postgres_answers() { as_postgres "$(postgres_bin)/pg_isready" -q -h "$data/run/postgres"; }

# A killed one is still there for a moment, and keeps the next from starting.
postgres_answers_or_starts_again() {
    ! postgres_answers || return 0
    service_runs postgres || start_service postgres
    return 1
}

# query_postgres SQL [DATABASE]
query_postgres() { as_postgres psql -X -q -At -v ON_ERROR_STOP=1 -h "$data/run/postgres" -d "${2:-postgres}" -c "$1"; }

start_postgres() {
    create_cluster
    write_access
    start_service postgres
    wait_for 60 "PostgreSQL to answer" postgres_answers_or_starts_again || { show_service_log postgres; return 1; }
    local role
    for role in webhoster webhoster_web; do
        [ -n "$(query_postgres "select 1 from pg_roles where rolname = '$role'")" ] || query_postgres "create role $role login"
    done
    # A restore makes a database beside the present one, and exchanges the two.
    [ -n "$(query_postgres "select 1 from pg_roles where rolname = 'webhoster' and rolcreatedb")" ] || query_postgres 'alter role webhoster createdb'
    # Up to PostgreSQL 14 anybody may make tables; each database, also a restored one, is made after this one.
    query_postgres 'revoke create on schema public from public; grant create on schema public to webhoster' template1
    [ -n "$(query_postgres "select 1 from pg_database where datname = 'webhoster'")" ] ||
        query_postgres 'create database webhoster owner webhoster'
    # Who may connect as whom has changed since older versions.
    query_postgres 'select pg_reload_conf()' >/dev/null
}
