# Steps of a command, each with its time; on a terminal with a spinner and what the step is at.
# shellcheck shell=bash

step_logs=
declare -A step_titles=() step_pids=() step_starts=()

now_ms() { local now=$EPOCHREALTIME; echo $((${now/[.,]/} / 1000)); }

seconds() { local ms=$1; printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100)); }

# begin_step KEY TITLE COMMAND... runs the command in the background; end_step KEY waits for it.
begin_step() {
    local key=$1
    step_titles[$key]=$2
    shift 2
    [ -n "$step_logs" ] || step_logs=$(mktemp -d)
    step_starts[$key]=$(now_ms)
    # A process group of its own, so that an interrupted step takes its children with it.
    set -m
    (set +m -e; trap - EXIT INT TERM; "$@") >"$step_logs/$key" 2>&1 </dev/null &
    step_pids[$key]=$!
    set +m
}

end_step() {
    local key=$1 code=0 took
    local pid=${step_pids[$key]} title=${step_titles[$key]}
    [ ! -t 1 ] || show_progress "$key"
    wait "$pid" || code=$?
    unset "step_pids[$key]"
    took=$(seconds $(($(now_ms) - step_starts[$key])))
    if [ $code -eq 0 ]; then
        printf '  ✓ %s (%s)\n' "$title" "$took"
        return
    fi
    printf '  ✗ %s (%s)\n' "$title" "$took"
    tail -n 30 "$step_logs/$key" | sed 's/^/      /' >&2
    exit 1
}

step() {
    local key
    key=$(tr -cd 'a-z0-9' <<<"${1,,}")
    begin_step "$key" "$@"
    end_step "$key"
}

show_progress() {
    local key=$1 frames='⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏' turn=0 line width
    width=$(tput cols 2>/dev/null || echo 80)
    while kill -0 "${step_pids[$key]}" 2>/dev/null; do
        line=$(tail -n 1 "$step_logs/$key" | tr -d '\r\033')
        line="${step_titles[$key]} ($(seconds $(($(now_ms) - step_starts[$key])))) ${line}"
        printf '\r\033[K  %s %s' "${frames:turn++%${#frames}:1}" "${line:0:width-6}"
        sleep 0.15
    done
    printf '\r\033[K'
}

abandon_steps() {
    local key
    for key in "${!step_pids[@]}"; do
        kill -TERM -- "-${step_pids[$key]}" 2>/dev/null || true
    done
    for key in "${!step_pids[@]}"; do
        wait "${step_pids[$key]}" 2>/dev/null || true
    done
    step_pids=()
    [ -z "$step_logs" ] || rm -rf "$step_logs"
}
