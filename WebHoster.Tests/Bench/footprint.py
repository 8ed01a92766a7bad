"""What processes take up."""

import os
import re
import subprocess


def memory(pids):
    """MiB resident, of processes and their children; pages that several share are counted by share."""
    tree, total = set(map(int, pids)), 0
    for line in subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True).stdout.splitlines():
        pid, parent = map(int, line.split())
        if parent in tree:
            tree.add(pid)
    for pid in tree:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as rollup:
                total += int(re.search(r"^Pss:\s+(\d+)", rollup.read(), re.M)[1])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total / 1024


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))
