#!/usr/bin/env python3
"""Crowds that do nothing keep nobody out, and neither does a want of descriptors. usage: crowd_test.py BINARY"""
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import harness
import raw

IDLE = 1100


def alive(server):
    return server.process.poll() is None


def check_served(server, stream, unit):
    """An honest sender over both protocols, and who asks how the server is, are answered; the longest wait."""
    waits = []

    def timed(action):
        began = time.monotonic()
        result = action()
        waits.append(time.monotonic() - began)
        return result

    status, _, body = timed(lambda: server.post(harness.batch(harness.response(f"{unit}-http")), timeout=5))
    assert status == 200 and json.loads(body)["accepted"] == 1, (status, body)
    timed(lambda: stream.push(f"{unit}-tcp"))
    for path in ("/healthz", "/metrics"):
        answer = timed(lambda p=path: raw.exchange(server.http, raw.get(p), timeout=5))
        assert answer.startswith(b"HTTP/1.1 200 "), (path, answer[:200])
    return max(waits)


def check_crowd(binary):
    with harness.Server(binary, harness.CASES_WAVE) as server:
        stream = raw.Stream(server.tcp)
        worst, crowd = check_served(server, stream, "before"), []
        for i in range(IDLE):
            crowd.append(raw.connect(server.http))
            crowd.append(raw.connect(server.tcp))
            if i % 10 == 0:
                crowd.append(raw.connect(server.http, b"GET / HTTP/1.1\r\nX-Slow: "))
            if i % 4 == 0:
                crowd.append(raw.connect(server.http, raw.get("/v1/stream"), receive_buffer=4096))
            if i % 100 == 99:
                worst = max(worst, check_served(server, stream, f"crowd{i}"))
                newcomer = raw.Stream(server.tcp, timeout=5)
                newcomer.push(f"newcomer{i}")
                newcomer.connection.close()
        assert alive(server)
        metrics = raw.exchange(server.http, raw.get("/metrics")).decode()
        for transport in ("http", "tcp"):
            line = [l for l in metrics.splitlines() if f'evicted_total{{transport="{transport}"}}' in l]
            assert line and float(line[0].split()[-1]) > 0, line
        for one in crowd:
            one.close()
        stream.connection.close()
        assert server.stop() == 0
    print(f"{len(crowd)} that do nothing; who asks waited for at most {worst:.3f} s")


def processor_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def check_no_descriptors_left(binary):
    """The limit is taken from a server that runs: newcomers are turned away, and served when there are some again."""
    with harness.Server(binary, harness.CASES_WAVE) as server:
        pid = server.process.pid
        has = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (has + 5, resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]))
        crowd = [raw.connect(server.http) for _ in range(60)]
        turned = [one for one in crowd if is_turned_away(one)]
        assert turned, "nobody was turned away"
        began, used = time.monotonic(), processor_seconds(pid)
        waiting = [raw.connect(server.http) for _ in range(3)]
        harness.wait_until(lambda: time.monotonic() - began > 2, 5, "a while")
        used = processor_seconds(pid) - used
        assert used < 0.5 * (time.monotonic() - began), f"{used:.1f} s of the processor for nothing"
        for one in crowd + waiting:
            one.close()
        began = time.monotonic()
        harness.wait_until(lambda: raw.exchange(server.http, raw.get("/healthz"), 5).startswith(b"HTTP/1.1 200"), 5,
                           "a newcomer to be served")
        print(f"without descriptors {len(turned)} of 60 turned away, {used:.2f} s of the processor in 2 s; "
              f"served {time.monotonic() - began:.2f} s after the others went")
        assert server.stop() == 0


def is_turned_away(connection):
    connection.settimeout(0.3)
    try:
        return b" 503 " in connection.recv(1000)
    except OSError:
        return False


def start_with(binary, folder, most):
    """A server under a hard limit, and what it said; None when it refused to start."""
    server = harness.Server(binary, harness.CASES_WAVE, os.path.join(folder, f"data{most}"))
    command = [binary, "serve", "--wave", harness.CASES_WAVE, "--data", server.data, "--http-port", "0", "--tcp-port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 64), most)))
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("listening"):
            break
    if "listening" in said:
        process.terminate()
    _, log = process.communicate(timeout=30)
    return process.returncode, said, log


def check_starts(binary):
    """Whatever the limit is: a start with lower limits that says so, or a refusal with its mend, and SIGTERM ends it."""
    refused = lowered = 0
    with tempfile.TemporaryDirectory(prefix="panelpuls-test-") as folder:
        for most in (8, 10, 12, 16, 24, 60, 100, 160, 256, 1024, 4096):
            code, said, log = start_with(binary, folder, most)
            if "listening" in said:
                assert code == 0, (most, code, log)
                assert "at most" in said and f"{most:,}".replace(",", "") in said, said
                lowered += "lowered" in said
            else:
                assert code == 1 and ("descriptors" in log or "open files" in log), (most, code, log)
                refused += 1
    assert refused >= 5 and lowered >= 2, (refused, lowered)
    print(f"{refused} limits refused, {lowered} starts with fewer connections")


def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard), hard))
    check_crowd(sys.argv[1])
    check_no_descriptors_left(sys.argv[1])
    check_starts(sys.argv[1])


if __name__ == "__main__":
    main()
