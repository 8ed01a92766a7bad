"""Measures one hosting through WebHoster's nginx against the machine itself, in turns, and prints medians and ratios. Called by `./webhoster bench load`."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

ROUNDS, MEGABYTES = 3, 64
VISITORS, SECONDS = 500, 20
OPTIONS = ["-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]


def run(*line, stdin=None):
    return subprocess.run(line, check=True, capture_output=True, text=True, stdin=stdin).stdout


def http_rate(url):
    """MB/s of one large download."""
    return float(run("curl", "-sf", "-o", "/dev/null", "-w", "%{speed_download}", url)) / 1e6


def timed(*line):
    started = time.monotonic()
    run(*line)
    return MEGABYTES * 1.048576 / (time.monotonic() - started)


def sftp_rates(key, port, host, folder):
    """MB/s to the machine and back."""
    up = timed("scp", "-i", key, "-P", str(port), *OPTIONS, f"{folder}/big.bin", f"ubuntu@{host}:up.bin")
    return up, timed("scp", "-i", key, "-P", str(port), *OPTIONS, f"ubuntu@{host}:up.bin", f"{folder}/down.bin")


def compare(title, measure, ways):
    """Each way in each round, so that whatever else the host does meets both."""
    figures = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, arguments in ways.items():
            figures[name].append(measure(*arguments))
    proxied, direct = (statistics.median(figures[name]) for name in ways)
    print(f"{title:<28}{proxied:>10.1f} MB/s through nginx{direct:>10.1f} MB/s direct{proxied / direct:>9.2f} of direct")


class Visitor(threading.Thread):
    """Looks at the page once a second, from a loopback address of its own: limits are per address."""

    def __init__(self, number, port, path, end):
        super().__init__(daemon=True)
        self.source, self.port, self.path, self.end = f"127.{1 + number // 250}.0.{1 + number % 250}", port, path, end
        self.times, self.failures, self.offset = [], [], number / VISITORS

    def run(self):
        time.sleep(self.offset)
        while time.monotonic() < self.end:
            started = time.monotonic()
            try:
                line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(self.source, 0))
                line.request("GET", self.path)
                answer = line.getresponse()
                answer.read()
                line.close()
                self.times.append(time.monotonic() - started) if answer.status == 200 else self.failures.append(str(answer.status))
            except OSError as e:
                self.failures.append(type(e).__name__)
            time.sleep(max(0, 1 - (time.monotonic() - started)))


def visit(port, path):
    end = time.monotonic() + SECONDS + 1
    visitors = [Visitor(n, port, path, end) for n in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    times = sorted(t * 1000 for v in visitors for t in v.times)
    failures = [f for v in visitors for f in v.failures]
    if not times:
        sys.exit(f"Nobody was answered: {set(failures)}")
    at = lambda p: times[min(len(times) - 1, int(len(times) * p))]
    print(f"{VISITORS} visitors, {SECONDS} s:   {len(times)} pages, {len(times) / SECONDS:.0f}/s, {len(failures)} failed {sorted(set(failures))}; "
          f"50 % within {at(.5):.0f} ms, 95 % {at(.95):.0f} ms, 99 % {at(.99):.0f} ms")


def address_of(status):
    """The machine's own address, as its owner is told it."""
    with open(status["admin"]["password_file"]) as file:
        password = file.read().strip()
    login = urllib.parse.urlencode({"username": status["admin"]["username"], "password": password}).encode()
    token = json.load(urllib.request.urlopen(f"{status['portal_url']}/api/v1/auth/login", login))["access_token"]
    mine = urllib.request.Request(f"{status['portal_url']}/api/v1/host/my", headers={"Authorization": f"Bearer {token}"})
    return json.load(urllib.request.urlopen(mine))["data"]["vm_ip"]


def main():
    status = json.loads(os.environ["BENCH_STATUS"])
    site, key, port = (status["first_hosting"][k] for k in ("url", "ssh_key", "ssh_port"))
    address = address_of(status)
    print(f"accelerator {status['accelerator']}, {os.cpu_count()} processors, medians of {ROUNDS} rounds of {MEGABYTES} MiB")
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/big.bin", "wb") as big:
            for _ in range(MEGABYTES):
                big.write(os.urandom(1 << 20))
        run("scp", "-i", key, "-P", str(port), *OPTIONS, f"{folder}/big.bin", "ubuntu@localhost:/var/www/html/big.bin")
        compare("HTTP download", http_rate, {"proxied": (f"{site}big.bin",), "direct": (f"http://{address}/big.bin",)})
        for place, title in enumerate(("SFTP upload", "SFTP download")):
            compare(title, lambda *a: sftp_rates(*a)[place], {"proxied": (key, port, "localhost", folder), "direct": (key, 22, address, folder)})
    visit(int(os.environ["BENCH_SITES_PORT"]), "/owner/")


main()
