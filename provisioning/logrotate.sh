# logrotate: nginx's logs and what services print. The program's JSON logs roll by themselves.
# shellcheck shell=bash

write_logrotate() { [ ! -d /etc/logrotate.d ] || render_logrotate >"/etc/logrotate.d/webhoster-$name"; }

render_logrotate() {
    cat <<LOGROTATE
"$data/logs/nginx-*.log" {
    daily
    maxsize 200M
    rotate 14
    missingok
    notifempty
    compress
    delaycompress
    sharedscripts
    postrotate
        for pid in "$data"/run/nginx-*.pid; do
            ! grep -qsx nginx "/proc/\$(cat "\$pid" 2>/dev/null)/comm" || kill -USR1 "\$(cat "\$pid")" || true
        done
    endscript
}

"$data/logs/*.out" "$data/logs/web/*.out" {
    su root root
    weekly
    maxsize 50M
    rotate 4
    missingok
    notifempty
    compress
    copytruncate
}
LOGROTATE
}
