#!/bin/sh
# One of the three nginx: sites, ssh or portal. A killed one leaves its socket's file behind, and the next would not start past it.
set -eu
rm -f "$Install__DataPath/run/nginx-$1-control.sock"
exec nginx -p "$Install__DataPath/nginx/$1" -c "$Install__DataPath/nginx/$1/nginx.conf" -g 'daemon off;'
