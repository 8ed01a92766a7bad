# `screenshots`: a picture of every page. Touches no install: the portal, its PostgreSQL and its people are made for it.
# shellcheck shell=bash

command_screenshots() {
    [ $# -le 1 ] || misuse "screenshots takes one folder."
    local folder setting
    folder=$(realpath -m "${1:-$root/artifacts/screenshots}")
    require_root screenshots
    # shellcheck source=provisioning/test.sh
    source "$provisioning/test.sh"
    step "Packages" "$provisioning/setup-host.sh" run test
    step "Program" build_tests
    for setting in $(setting_names); do unset "$setting"; done
    mkdir -p "$folder"
    WEBHOSTER_SCREENSHOTS=$folder step "Pictures" timeout -k 30 25m \
        dotnet test "$root/WebHoster.Tests" --no-build --nologo --filter Category=Screenshots
    echo "$(find "$folder" -name '*.png' | wc -l) pictures, page-width-theme-language.png, in $folder"
}
