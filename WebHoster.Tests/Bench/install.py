"""An install that a benchmark measures: its API as its owner and as others see it, its machines and its processes."""

import json
import os
import threading
import urllib.error
import urllib.request

PASSWORD = "correct horse battery"
SSH = ["-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
SERVICES = ("web", "worker", "sites", "ssh", "postgres")

status = json.loads(os.environ["BENCH_STATUS"])
sites_port = int(os.environ["BENCH_SITES_PORT"])
data = os.environ["WEBHOSTER_DATA"]


def call(method, path, token=None, body=None, timeout=90):
    """The answer's members; an error's problem is raised as its message."""
    request = urllib.request.Request(
        f"{status['portal_url']}/api/v1{path}", None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as e:
        raise RuntimeError(f"{method} {path}: {e.code} {json.load(e).get('message')}") from e


def sign_in(username, password=PASSWORD):
    return call("POST", "/auth/login", body={"username": username, "password": password})["access_token"]


def owner():
    """A token of the person whom the install was made for."""
    with open(status["admin"]["password_file"]) as file:
        return sign_in(status["admin"]["username"], file.read().strip())


def register(username):
    call("POST", "/auth/register", body={"email": f"{username}@example.org", "username": username, "password": PASSWORD})
    return sign_in(username)


def follow(operation, token):
    """Returns once it has ended."""
    while (seen := call("GET", f"/operations/{operation}?wait=60", token)["data"])["status"] in ("queued", "running"):
        pass
    if seen["status"] != "succeeded":
        raise RuntimeError(f"{seen['kind']} {seen['status']}: {seen['error']}")


def create(token):
    follow(call("POST", "/host", token, {})["data"]["operation_id"], token)


def delete(token):
    follow(call("DELETE", "/host", token)["data"]["operation_id"], token)


def at_once(work, items):
    """Runs work for each item in a thread of its own; what one of them raised is raised."""
    failures = []

    def one(item):
        try:
            work(item)
        except Exception as e:
            failures.append(e)

    threads = [threading.Thread(target=one, args=(i,)) for i in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def processes():
    """The process of each service, without its children, by name."""
    found = {}
    for service in SERVICES:
        try:
            with open(f"{data}/run/{service}.started") as file:
                found[service] = int(file.read().split()[0])
        except FileNotFoundError:
            pass
    return found
