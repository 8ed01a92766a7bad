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
    printf 'local all postgres  peer\nlocal all webhoster peer map=webhoster\n' >"$data/new/pg_hba.conf"
    printf 'webhoster root      webhoster\nwebhoster webhoster webhoster\n' >"$data/new/pg_ident.conf"
    "$bin/pg_ctl" -D "$data/new" -w -o "-c listen_addresses= -c unix_socket_directories=/tmp" start
    psql -X -q -v ON_ERROR_STOP=1 -h /tmp -d postgres -c 'create role webhoster login' -c 'create database webhoster owner webhoster'
    "$bin/pg_ctl" -D "$data/new" -w -m fast stop
    find "$data/new" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$data" {} +
    mv "$data/new/PG_VERSION" "$data/"
    rmdir "$data/new"
fi

exec "$bin/postgres" -D "$data" -c "cluster_name=$name" -c listen_addresses= -c "unix_socket_directories=$sockets" -c unix_socket_permissions=0777
