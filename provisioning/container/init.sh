#!/usr/bin/env bash
# Before anything else of the stack: folders, and secrets that are made once and never leave the data directory.
set -euo pipefail
data=$Install__DataPath web_user=990 postgres_user=991
source /usr/local/lib/webhoster/folders.sh
make_data_folders
make_secrets
