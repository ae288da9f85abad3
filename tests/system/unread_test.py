#!/usr/bin/env python3
"""A server whose output nobody reads starts, serves and stops. usage: unread_test.py BINARY"""
import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile

import harness
import raw


def full_pipe():
    """The ends of a pipe that takes nothing more."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        fcntl.fcntl(writer, fcntl.F_SETFL, 0)
    return reader, writer


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    reader, writer = full_pipe()
    with tempfile.TemporaryDirectory(prefix="panelpuls-test-") as folder:
        http = f"http://127.0.0.1:{free_port()}"
        process = subprocess.Popen(
            [sys.argv[1], "serve", "--wave", harness.CASES_WAVE, "--data", folder + "/data",
             "--http-port", http.rpartition(":")[2], "--tcp-port", "0"], stdout=writer, stderr=writer)
        try:
            def answers():
                try:
                    return raw.exchange(http, raw.get("/healthz")).startswith(b"HTTP/1.1 200")
                except ConnectionRefusedError:
                    return False
            harness.wait_until(answers, 30, "the server to start")
            # What it has to say of these has no room either.
            for bad in (b"no HTTP\r\n\r\n", raw.get("/", "evil.example"), b"GET / HTTP/3.0\r\n\r\n"):
                raw.exchange(http, bad)
            status, _, _ = harness.request(http + "/v1/responses", b"{}", {"Content-Type": "application/json"})
            assert status == 200, status
            metrics = raw.exchange(http, raw.get("/metrics")).decode()
            left_out = [line for line in metrics.splitlines() if line.startswith("panelpuls_log_lines_left_out_total")]
            assert left_out and float(left_out[0].split()[-1]) >= 2, left_out
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    os.close(reader)
    os.close(writer)


if __name__ == "__main__":
    main()
