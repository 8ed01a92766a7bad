#!/usr/bin/env bash
# When PostgreSQL answers and before the rest starts: schema, network, firewall, nginx's files, the administrator.
set -euo pipefail
webhoster migrate
webhoster prepare
webhoster ensure-admin --password-file "$Install__DataPath/secrets/admin.password"
