# The program: publishing it when its sources changed, and asking it.
# shellcheck shell=bash

dotnet_path() { readlink -f "$(command -v dotnet)"; }

sources_hash() {
    (
        cd "$root"
        find . -type d \( -name bin -o -name obj -o -name node_modules -o -name .git -o -name artifacts -o -name WebHoster.Tests \) -prune -o \
            -type f \( -name '*.cs' -o -name '*.razor' -o -name '*.csproj' -o -name '*.props' -o -name '*.targets' \
            -o -path './WebHoster.*/*.json' -o -path './WebHoster.*/*.txt' -o -path './nginx/*' -o -path './provisioning/cloud-init/*' -o -path '*/wwwroot/*' \) -print0 |
            LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-64
    )
}

program_is_current() { [ "$(cat "$data/app/.sources" 2>/dev/null)" = "$(sources_hash)" ]; }

# What `deploy --package` has brought stays until `deploy` brings something else.
bring_program() { [ "$(cat "$data/app/.sources" 2>/dev/null)" = package ] || publish_program; }

# Beside the running one; switch_program puts it in its place.
publish_program() {
    local hash
    ! program_is_current || return 0
    hash=$(sources_hash)
    rm -rf "$data/app.new"
    dotnet publish "$root/WebHoster.Web" -c Release -o "$data/app.new" --artifacts-path "$data/build" --nologo -v minimal \
        -nodeReuse:false -p:UseSharedCompilation=false
    echo "$hash" >"$data/app.new/.sources"
    chmod -R u=rwX,go=rX "$data/app.new"
}

switch_program() {
    [ -f "$data/app.new/.sources" ] || return 0
    stop_service web
    stop_service worker
    rm -rf "$data/app.old"
    [ ! -d "$data/app" ] || mv "$data/app" "$data/app.old"
    mv "$data/app.new" "$data/app"
    rm -rf "$data/app.old"
}

program() { dotnet "$data/app/WebHoster.Web.dll" "$@"; }

# ask_program CODE ARGUMENTS... starts nothing; exits with CODE where there is nothing to ask.
ask_program() {
    local code=$1
    shift
    [ -d "$data" ] || die "nothing is installed in $data; './webhoster up' does that." "$code"
    require_root "$1" "$code"
    [ -f "$data/app/WebHoster.Web.dll" ] || die "the program is not installed in $data; './webhoster up' does that." "$code"
    exec dotnet "$data/app/WebHoster.Web.dll" "$@"
}
