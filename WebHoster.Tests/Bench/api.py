"""Compares the portal's API with the yardstick, in turns, and prints medians and ratios. Called by `./webhoster bench api`."""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request

from footprint import memory

ROUNDS, SECONDS, CONNECTIONS = 3, 8, 64
PASSWORD = "correct horse battery"
LUA_LOGIN = 'wrk.method = "POST"; wrk.headers["Content-Type"] = "application/json"; wrk.body = %r\n'
UNITS = {"us": 0.001, "ms": 1, "s": 1000}


def call(url, body=None, token=None):
    request = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None, {"Content-Type": "application/json"})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def wrk(url, *arguments, connections=CONNECTIONS):
    output = subprocess.run(
        ["wrk", "-t", "1", "-c", str(connections), "-d", f"{SECONDS}s", "--timeout", "10s", "--latency", *arguments, url], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"Not every request was answered well:\n{output}")
    latency = {p: float(n) * UNITS[u] for p, n, u in re.findall(r"(\d+)%\s+([\d.]+)(us|ms|s)\s", output)}
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), latency["50"], latency["99"]


def main():
    ours, theirs = (os.environ[n] for n in ("BENCH_PORTAL", "BENCH_YARDSTICK"))
    call(f"{ours}/auth/register", {"email": "bench@example.org", "username": "bench", "password": PASSWORD})
    call(f"{ours}/host", {}, call(f"{ours}/auth/login", {"username": "bench", "password": PASSWORD})["access_token"])
    subprocess.run(
        ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", os.environ["YARDSTICK_SOCKET"], "-U", "webhoster", "-c", """
        create table yardstick_passwords (user_id uuid primary key references users, hash text not null);
        insert into yardstick_passwords select id, '""" + hash_password() + "' from users", "webhoster"], check=True)
    servers = {"WebHoster": (ours, os.environ["BENCH_PORTAL_PID"]), "FastAPI": (theirs, os.environ["BENCH_YARDSTICK_PID"])}
    tokens = {n: call(f"{u}/auth/login", {"username": "bench", "password": PASSWORD})["access_token"] for n, (u, _) in servers.items()}
    members = {n: sorted(call(f"{u}/host/my", token=tokens[n])["data"]) for n, (u, _) in servers.items()}
    if members["WebHoster"] != members["FastAPI"]:
        sys.exit(f"The two do not answer the same: {members}")

    with tempfile.NamedTemporaryFile("w", suffix=".lua") as login:
        login.write(LUA_LOGIN % json.dumps({"username": "bench", "password": PASSWORD}))
        login.flush()
        works = {
            "GET /host/my": lambda n, u: wrk(f"{u}/host/my", "-H", f"Authorization: Bearer {tokens[n]}"),
            "POST /auth/login": lambda n, u: wrk(f"{u}/auth/login", "-s", login.name, connections=8),
        }
        for name, (url, _) in servers.items():  # warm
            works["GET /host/my"](name, url)
        print(f"{ROUNDS} rounds in turns of {SECONDS} s; medians. p50 and p99 in ms, memory in MiB (shared pages by share)\n")
        print(f"{'':18}{'':12}{'requests/s':>12}{'p50':>9}{'p99':>9}{'memory':>9}")
        for work, run in works.items():
            rounds = {n: [] for n in servers}
            for _ in range(ROUNDS):
                for name, (url, _) in servers.items():
                    rounds[name].append(run(name, url))
            medians = {n: [statistics.median(c) for c in zip(*r)] + [memory([servers[n][1]])] for n, r in rounds.items()}
            for name, row in medians.items():
                print(f"{work:18}{name:12}{row[0]:12.0f}{row[1]:9.1f}{row[2]:9.1f}{row[3]:9.0f}")
            ratios = [a / b for a, b in zip(medians["WebHoster"], medians["FastAPI"])]
            print(f"{work:18}{'ratio':12}{ratios[0]:12.2f}{ratios[1]:9.2f}{ratios[2]:9.2f}{ratios[3]:9.2f}\n")


def hash_password():
    from passlib.hash import pbkdf2_sha512

    return pbkdf2_sha512.hash(PASSWORD, rounds=210_000)


main()
