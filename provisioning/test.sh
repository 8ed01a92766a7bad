# `test`: installs what the tests need and runs them. The last line is "N passed, N failed".
# shellcheck shell=bash
source "$provisioning/test-provisioning.sh"
source "$provisioning/test-compose.sh"
source "$provisioning/test-host.sh"

test_images=${WEBHOSTER_TEST_IMAGES:-/var/cache/webhoster-test/images}

command_test() {
    local groups=("$@") group passed=0 failed=0 skipped=0
    for group in "$@"; do
        [[ $group =~ ^(unit|integration|browser|vm|faults|real-faults|compose|host|provisioning)$ ]] || misuse "there is no group of tests '$group'."
    done
    # All faults take longer than everything else without a guest: a plain run tries a few of them.
    [ $# -gt 0 ] || groups=(unit integration browser provisioning short-faults vm)
    results=$(mktemp -d)
    trap 'abandon_steps; rm -rf "$results"' EXIT
    trap 'exit 130' INT TERM

    "$provisioning/setup-host.sh" --check run test >/dev/null 2>&1 || { require_root test; step "Packages" "$provisioning/setup-host.sh" run test; }
    if [[ " ${groups[*]} " =~ \ (integration|browser|vm|faults|real-faults)\  ]]; then
        require_root test
        step "libvirt" start_libvirt
    fi
    # The others are .NET's, and these take their own time.
    if [[ "${groups[*]}" =~ ^(compose|host)$ ]]; then
        require_root test
        "run_${groups[0]}"
        echo "$passed passed, $failed failed"
        [ $failed -eq 0 ]
        return
    fi
    # The template is built while the unit tests run.
    if [[ " ${groups[*]} " =~ \ (browser|vm|real-faults)\  ]]; then
        begin_step template "Template" ensure_test_template
    fi
    if [[ " ${groups[*]} " =~ \ (integration|browser)\  ]]; then
        step "Scripts by npm" ensure_scripts
    fi
    check_scripts || failed=$((failed + 1))
    if build_tests; then
        [ $# -gt 0 ] || check_format || failed=$((failed + 1))
        for group in "${groups[@]}"; do
            [[ $group =~ ^(unit|integration|short-faults|faults|host|provisioning)$ ]] || await_template
            case $group in
                provisioning | compose | host) "run_$group" ;;
                *) run_group "$group" ;;
            esac
        done
    else
        failed=$((failed + 1))
    fi

    name_failures
    echo "$passed passed, $failed failed$([ $skipped -eq 0 ] || echo ", $skipped skipped")"
    [ $failed -eq 0 ] && [ $passed -gt 0 ]
}

ensure_test_template() { Images__Path=$test_images "$provisioning/image/templates.sh" build debian-12; }

# axe-core and SignalR's client, as package-lock.json fixes them; kept until that changes.
ensure_scripts() {
    local tests=$root/WebHoster.Tests
    [ "$tests/node_modules/.package-lock.json" -nt "$tests/package-lock.json" ] && return
    npm ci --prefix "$tests" --ignore-scripts --no-audit --no-fund
}

await_template() { [ -z "${step_pids[template]:-}" ] || end_step template; }

build_tests() {
    echo "== build"
    dotnet build "$root/WebHoster.sln" --nologo -v quiet -nodeReuse:false -p:UseSharedCompilation=false
}

check_format() {
    echo "== format"
    dotnet format "$root/WebHoster.sln" --verify-no-changes --no-restore
}

check_scripts() {
    echo "== scripts"
    (cd "$root" && shellcheck -x webhoster provisioning/*.sh provisioning/container/*.sh provisioning/image/*.sh WebHoster.Tests/Faults/tools/*)
}

# Sets passed, failed and skipped from the counters in the results file; a run that broke off counts as a failure.
run_group() {
    local group=$1 code=0 counters filter="Category=${1^}"
    case $group in
        short-faults) filter='Category=Faults&Set=Short' ;;
        real-faults) filter='Category=RealFaults' ;;
    esac
    local setting
    echo "== $group"
    # The tests are installs of their own: this one's settings must not reach them.
    for setting in $(setting_names); do unset "$setting"; done
    # Many programs that live for seconds: what pays after minutes is not begun. A third less of the processors.
    DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=400 DOTNET_EnableWriteXorExecute=0 \
        WEBHOSTER_TEST_IMAGES=$test_images timeout -k 30 35m dotnet test "$root/WebHoster.Tests" --no-build --nologo \
        --filter "$filter" --logger "trx;LogFileName=$group.trx" --logger 'console;verbosity=normal' \
        --results-directory "$results" </dev/null || code=$?
    counters=$(grep -o '<Counters [^>]*' "$results/$group.trx" 2>/dev/null || true)
    passed=$((passed + $(counter passed)))
    failed=$((failed + $(counter failed) + $(counter error)))
    skipped=$((skipped + $(counter notExecuted)))
    if [ $code -ne 0 ] && [ "$(counter failed)" = 0 ] || [ "$(counter total)" = 0 ]; then
        echo "The group '$group' did not run to its end (exit code $code) or has no tests."
        failed=$((failed + 1))
    fi
}

# Each with its message, at the end, where a long output's reader looks.
name_failures() {
    find "$results" -name '*.trx' -exec awk '
        /<UnitTestResult / { name = ""; if (/outcome="Failed"/) { name = $0; sub(/.* testName="/, "", name); sub(/".*/, "", name); print "failed: " name } }
        name != "" && /<Message>/ { saying = 12; sub(/.*<Message>/, "") }
        saying > 0 { over = /<\/Message>/; sub(/<\/Message>.*/, ""); print "    " $0; saying = over ? 0 : saying - 1 }' {} +
}

counter() {
    local value
    value=$(sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters")
    echo "${value:-0}"
}

# none COMMAND...: "!" would not end a step.
none() { if "$@"; then return 1; fi; }

# check TITLE COMMAND...: a step that counts.
check() {
    step "$@"
    checks=$((checks + 1))
    echo $checks >"$checks_file"
}
