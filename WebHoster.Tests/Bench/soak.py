"""An install that is used for hours: what its processes take up before and after, and what failed. Called by `./webhoster bench soak`."""

import os
import threading
import time

import footprint
import install
import visitors

MINUTES = int(os.environ.get("BENCH_MINUTES", "120"))
VISITORS = 20
READS_A_SECOND = 5
SECONDS_A_LIFE = 240
WARM_UP = 60


def look():
    return {service: (footprint.memory([pid]), footprint.descriptors(pid)) for service, pid in install.processes().items()}


class Asking(threading.Thread):
    """Asks again and again, at a pace, and counts."""

    def __init__(self, work, pace, end):
        super().__init__(daemon=True)
        self.work, self.pace, self.end, self.done, self.failures = work, pace, end, 0, []

    def run(self):
        while (started := time.monotonic()) < self.end:
            try:
                self.work()
                self.done += 1
            except Exception as e:
                self.failures.append(f"{time.strftime('%T')} {e}")
            time.sleep(max(0, min(self.end, started + self.pace) - time.monotonic()))


def main():
    token, other = install.owner(), install.register("soak")

    def life():
        install.create(other)
        install.delete(other)

    life()
    print(visitors.visit(install.sites_port, "/owner/", VISITORS, WARM_UP), flush=True)
    before, seconds = look(), MINUTES * 60
    end = time.monotonic() + seconds
    reads = Asking(lambda: install.call("GET", "/host/my", token), 1 / READS_A_SECOND, end)
    lives = Asking(life, SECONDS_A_LIFE, end)
    for asking in (reads, lives):
        asking.start()
    print(visitors.visit(install.sites_port, "/owner/", VISITORS, seconds), flush=True)
    for asking in (reads, lives):
        asking.join()
    print(f"{reads.done} reads by the API, {len(reads.failures)} failed; {lives.done} lives of another hosting, {len(lives.failures)} failed")
    for failure in (reads.failures + lives.failures)[:10]:
        print(f"  {failure}")
    for service, (memory, descriptors) in look().items():
        print(f"{service:<10}{before[service][0]:>8.0f} MiB before{memory:>8.0f} after{before[service][1]:>8} descriptors before{descriptors:>6} after")


main()
