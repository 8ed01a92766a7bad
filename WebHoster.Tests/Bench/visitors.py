"""People who look at a page, each from a loopback address of their own: limits are per address."""

import http.client
import threading
import time


class Visitor(threading.Thread):
    """Looks at the page once a second."""

    def __init__(self, number, offset, port, path, end):
        super().__init__(daemon=True)
        self.source, self.port, self.path, self.end = f"127.{1 + number // 250}.0.{1 + number % 250}", port, path, end
        self.times, self.failures, self.offset = [], [], offset

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


def visit(port, path, number, seconds):
    """What so many met in so many seconds, in words."""
    end = time.monotonic() + seconds + 1
    visitors = [Visitor(n, n / number, port, path, end) for n in range(number)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    times = sorted(t * 1000 for v in visitors for t in v.times)
    failures = [f for v in visitors for f in v.failures]
    words = f"{number} visitors, {seconds} s: {len(times)} pages, {len(times) / seconds:.0f}/s, {len(failures)} failed {sorted(set(failures))}"
    at = lambda p: times[min(len(times) - 1, int(len(times) * p))]
    return f"{words}; 50 % within {at(.5):.0f} ms, 95 % {at(.95):.0f} ms, 99 % {at(.99):.0f} ms" if times else words
