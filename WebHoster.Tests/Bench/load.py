"""Measures one hosting through WebHoster's nginx against the machine itself, and eight creations against one. Called by `./webhoster bench load`."""

import os
import statistics
import subprocess
import tempfile
import time

import install
import visitors

ROUNDS, MEGABYTES = 3, 64
AT_ONCE = 8
VISITORS, SECONDS = 500, 20


def run(*line):
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout


def http_rate(url):
    """MB/s of one large download."""
    return float(run("curl", "-sf", "-o", "/dev/null", "-w", "%{speed_download}", url)) / 1e6


def timed(*line):
    started = time.monotonic()
    run(*line)
    return MEGABYTES * 1.048576 / (time.monotonic() - started)


def sftp_rates(key, port, host, folder):
    """MB/s to the machine and back."""
    up = timed("scp", "-i", key, "-P", str(port), *install.SSH, f"{folder}/big.bin", f"ubuntu@{host}:up.bin")
    return up, timed("scp", "-i", key, "-P", str(port), *install.SSH, f"ubuntu@{host}:up.bin", f"{folder}/down.bin")


def compare(titles, measure, ways):
    """Each way in each round, so that whatever else the host does meets both."""
    figures = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, arguments in ways.items():
            figures[name].append(measure(*arguments))
    for place, title in enumerate(titles):
        proxied, direct = (statistics.median(f[place] for f in figures[name]) for name in ways)
        print(f"{title:<28}{proxied:>10.1f} MB/s through nginx{direct:>10.1f} MB/s direct{proxied / direct:>9.2f} of direct", flush=True)


def transfers(site, key, port):
    address = install.call("GET", "/host/my", install.owner())["data"]["vm_ip"]
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/big.bin", "wb") as big:
            for _ in range(MEGABYTES):
                big.write(os.urandom(1 << 20))
        run("scp", "-i", key, "-P", str(port), *install.SSH, f"{folder}/big.bin", "ubuntu@localhost:/var/www/html/big.bin")
        compare(["HTTP download"], lambda url: [http_rate(url)], {"proxied": (f"{site}big.bin",), "direct": (f"http://{address}/big.bin",)})
        compare(["SFTP upload", "SFTP download"], sftp_rates, {"proxied": (key, port, "localhost", folder), "direct": (key, 22, address, folder)})


def creations():
    """Seconds until a hosting answers, alone and when as many people ask at once."""
    tokens = [install.register(f"load{n}") for n in range(AT_ONCE + 1)]
    times = {}

    def create(token):
        started = time.monotonic()
        install.create(token)
        times[token] = time.monotonic() - started

    create(tokens[0])
    install.at_once(create, tokens[1:])
    alone, together = times[tokens[0]], sorted(times[t] for t in tokens[1:])
    print(f"one creation: {alone:.0f} s; {AT_ONCE} asked for at once: the first after {together[0]:.0f} s, half after {statistics.median(together):.0f} s, "
          f"all after {together[-1]:.0f} s: {together[-1] / alone:.1f} times one", flush=True)
    install.at_once(install.delete, tokens)


def main():
    site, key, port = (install.status["first_hosting"][k] for k in ("url", "ssh_key", "ssh_port"))
    print(f"accelerator {install.status['accelerator']}, {os.cpu_count()} processors, medians of {ROUNDS} rounds of {MEGABYTES} MiB")
    transfers(site, key, port)
    print(visitors.visit(install.sites_port, "/owner/", VISITORS, SECONDS), flush=True)
    creations()


main()
