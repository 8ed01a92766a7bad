#!/usr/bin/env bash
# A cluster that is reached by its socket alone, by the users of the other containers, and so needs no password.
set -euo pipefail
bin=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 | sort -V | tail -n 1)/bin
data=/var/lib/postgresql/data
sockets=${SOCKETS:?the folder that the other containers find the socket in}
name=${Install__Name:-wh}

if [ ! -f "$data/PG_VERSION" ]; then
    # Made beside and moved: a killed initdb leaves no half cluster.
    rm -rf "$data/new"
    "$bin/initdb" -D "$data/new" --auth=peer --encoding=UTF8 --locale=C.UTF-8 --no-instructions
    find "$data/new" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$data" {} +
    mv "$data/new/PG_VERSION" "$data/"
    rmdir "$data/new"
fi

# At every start, for clusters that an older version made. The worker is root, the portal the user "webhoster", who owns no table.
cat >"$data/pg_hba.conf" <<HBA
local all postgres      peer
local all webhoster     peer map=webhoster
local all webhoster_web peer map=webhoster
HBA
cat >"$data/pg_ident.conf" <<IDENT
webhoster root      webhoster
webhoster webhoster webhoster_web
IDENT

# Where nobody else finds it.
"$bin/pg_ctl" -D "$data" -w -t 600 -o "-c listen_addresses= -c unix_socket_directories=/tmp" start
query() { psql -X -q -At -v ON_ERROR_STOP=1 -h /tmp -d postgres -c "$1"; }
for role in webhoster webhoster_web; do
    [ -n "$(query "select 1 from pg_roles where rolname = '$role'")" ] || query "create role $role login"
done
# A restore makes a database beside the present one.
query 'alter role webhoster createdb'
[ -n "$(query "select 1 from pg_database where datname = 'webhoster'")" ] || query 'create database webhoster owner webhoster'
"$bin/pg_ctl" -D "$data" -w -t 600 -m fast stop

exec "$bin/postgres" -D "$data" -c "cluster_name=$name" -c listen_addresses= -c "unix_socket_directories=$sockets" -c unix_socket_permissions=0777
