# Docker where no service runs it: a daemon of our own, by hand, that leaves nothing behind.
# shellcheck shell=bash

docker_answers() { docker version >/dev/null 2>&1; }

# start_docker FOLDER: uses the daemon that is there, else starts one whose files, socket and process are in FOLDER.
start_docker() {
    unset DOCKER_HOST
    ! PATH=/usr/bin:$PATH docker_answers || return 0
    local folder=$1
    export DOCKER_HOST=unix://$folder/docker.sock
    mkdir -p "$folder"
    iptables -S FORWARD | head -n 1 >"$folder/forward"
    setsid dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/docker.pid" --host "$DOCKER_HOST" \
        >"$folder/dockerd.log" 2>&1 </dev/null &
    wait_for 90 "dockerd to answer" docker_answers || { tail -n 20 "$folder/dockerd.log"; return 1; }
}

# Only a daemon that start_docker started. Its rules stay when it ends, and its FORWARD policy (DROP) would keep other
# networks from the world.
stop_docker() {
    local folder=$1 pid table chain
    [ -f "$folder/forward" ] || return 0
    pid=$(cat "$folder/docker.pid" 2>/dev/null || true)
    if [ -n "$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$folder/docker.sock"; then
        kill "$pid"
        wait_for 60 "dockerd to end" process_has_ended "$pid"
    fi
    # shellcheck disable=SC2046 # such as: -P FORWARD ACCEPT
    iptables $(cat "$folder/forward")
    for table in filter nat; do
        iptables-save -t $table | grep -E '^-A .*(DOCKER|docker0|172\.17\.0\.0/16)' | sed 's/^-A/-D/' | while read -r rule; do
            # shellcheck disable=SC2086 # a rule is many words
            iptables -t $table $rule
        done
        for chain in $(iptables-save -t $table | sed -n 's/^:\(DOCKER[^ ]*\).*/\1/p'); do
            iptables -t $table -F "$chain"
        done
        for chain in $(iptables-save -t $table | sed -n 's/^:\(DOCKER[^ ]*\).*/\1/p'); do
            iptables -t $table -X "$chain"
        done
    done
    ip link delete docker0 2>/dev/null || true
    find "$folder/exec/netns" -mindepth 1 -exec umount {} \; 2>/dev/null || true
    rm -rf --one-file-system "$folder/exec" "$folder"/docker* "$folder/forward"
}

process_has_ended() { [ -z "$(process_start "$1")" ]; }
