#!/usr/bin/env python3
"""Senders that want the server's memory get what `panelpuls capacity` says and no more, others are served
meanwhile, and it is given back afterwards. usage: bytes_test.py BINARY [ADVERSARY ...]"""
import re
import resource
import subprocess
import sys
import threading
import time

import adversaries
import harness

BUFFERS = ["--buffers", "32"]
STAY = 3  # seconds that an adversary is there when it has sent what it could: longer than anyone is waited for
# What a server keeps of a busy time, beside what it had when it started: its allocator's own, and pages of its code.
MOST_KEPT = 40 << 20


def capacity(binary):
    out = subprocess.run([binary, "capacity", "--wave", harness.CASES_WAVE, *BUFFERS], text=True, capture_output=True).stdout
    return int(re.search(r"whole process\s+([\d,]+) bytes", out).group(1).replace(",", ""))


def memory(server, name):
    with open(f"/proc/{server.process.pid}/status") as status:
        return int(re.search(rf"{name}:\s+(\d+) kB", status.read()).group(1)) * 1024


class Honest(threading.Thread):
    """Sends one response after the other and looks at /healthz, as long as it is let."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.failed, self.sent, self.longest, self.over = server, [], 0, 0.0, threading.Event()

    def run(self):
        while not self.over.is_set():
            begin = time.monotonic()
            try:
                status, _, body = self.server.post(harness.batch(harness.response(f"honest-{self.sent}")), timeout=60)
                health = self.server.get("/healthz")[0]
                if (status, health) != (200, 200):
                    self.failed.append((status, health, body))
            except OSError as error:
                self.failed.append(error)
            self.sent += 1
            self.longest = max(self.longest, time.monotonic() - begin)


def attack(binary, adversary, most):
    with harness.Server(binary, harness.CASES_WAVE, arguments=BUFFERS) as server:
        at_start = memory(server, "VmRSS")
        honest, held = Honest(server), []
        honest.start()
        adversary(server, held)
        there_until, sent = time.monotonic() + STAY, honest.sent
        harness.wait_until(lambda: honest.sent >= sent + 3 and time.monotonic() > there_until, 60, "others to be served")
        attention = server.get("/v1/attention")[2]
        peak = memory(server, "VmHWM")
        for connection in held:
            connection.close()
        honest.over.set()
        honest.join()
        harness.wait_until(lambda: memory(server, "VmRSS") < at_start + MOST_KEPT, 30,
                           f"memory to be given back ({memory(server, 'VmRSS') >> 20} MiB)")
        peak = max(peak, memory(server, "VmHWM"))
        kept = memory(server, "VmRSS")
    print(f"{adversary.__name__}: {at_start >> 20} MiB at start, {peak >> 20} at most of {most >> 20}, {kept >> 20} afterwards; "
          f"{honest.sent} requests of others, {honest.longest:.2f} s the longest", flush=True)
    assert peak <= most, f"{adversary.__name__}: {peak} bytes, where capacity says {most}"
    assert not honest.failed, honest.failed[:3]
    assert len(attention) < 2 << 20, len(attention)


def main():
    limit = min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    binary, names = sys.argv[1], sys.argv[2:]
    most = capacity(binary)
    for adversary in adversaries.ALL:
        if not names or adversary.__name__ in names:
            attack(binary, adversary, most)


if __name__ == "__main__":
    main()
