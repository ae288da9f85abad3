#!/usr/bin/env python3
"""Behind nginx as it comes: HTTP/1.0 upstream, default buffering. usage: nginx_test.py BINARY [QUIET_SECONDS]"""
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import harness

CONFIG = """worker_processes 1; daemon off; pid {folder}/run.pid; error_log {folder}/e.log;
events {{ worker_connections 64; }}
http {{ access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {upstream}; }} }} }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stream(threading.Thread):
    """Reads the event stream line by line and keeps when each line came."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.request("GET", "/v1/stream")
        self.answer = self.connection.getresponse()
        self.lines, self.ended = [], None

    def run(self):
        try:
            while line := self.answer.readline():
                self.lines.append((time.monotonic(), line.decode().rstrip("\n")))
            self.ended = "closed"
        except OSError as error:
            self.ended = repr(error)

    def respondents(self):
        events = [line[6:] for _, line in self.lines if line.startswith("data: ")]
        return json.loads(events[-1])["collection"]["respondents"] if events else None


def main():
    quiet = float(sys.argv[2]) if len(sys.argv) > 2 else 20
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory(prefix="panelpuls-nginx-") as folder, \
            harness.Server(sys.argv[1], harness.CASES_WAVE) as server:
        os.chmod(folder, 0o755)
        port = free_port()
        config = os.path.join(folder, "nginx.conf")
        with open(config, "w") as file:
            file.write(CONFIG.format(folder=folder, port=port, upstream=server.http))
        proxy = subprocess.Popen([nginx, "-p", folder, "-c", config], stderr=subprocess.DEVNULL)
        try:
            base = f"http://127.0.0.1:{port}"
            harness.wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, 10, "nginx")
            check(server, port, base, quiet)
        finally:
            proxy.terminate()
            proxy.wait()


def check(server, port, base, quiet):
    status, headers, page = harness.request(base + "/")
    assert status == 200 and b"<html" in page.lower(), status
    assert b"127.0.0.1" not in page and server.http not in str(headers)
    stream = Stream(port)
    assert stream.answer.status == 200
    assert "no-transform" in stream.answer.getheader("Cache-Control"), stream.answer.headers
    stream.start()
    for count in (1, 2, 3):
        body = json.dumps(harness.batch(harness.response(f"N{count}"))).encode()
        status, _, answer = harness.request(base + "/v1/responses", body, {"Content-Type": "application/json"})
        assert status == 200 and json.loads(answer)["accepted"] == 1, answer
        pushed = time.monotonic()
        harness.wait_until(lambda c=count: stream.respondents() == c, 5, f"event {count} through nginx")
        assert time.monotonic() - pushed < 1.5, "events are held back"
    # A chunked body: nginx gathers it and passes it on with a length.
    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = json.dumps(harness.batch(harness.response("N4"))).encode()
    connection.request("POST", "/v1/responses", iter([body[:9], body[9:]]), {"Content-Type": "application/json"},
                       encode_chunked=True)
    assert connection.getresponse().status == 200
    status, headers, _ = harness.request(base + "/v1/snapshot")
    assert status == 200
    status, _, body = harness.request(base + "/v1/snapshot", headers={"If-None-Match": headers["ETag"]})
    assert status in (200, 304), status  # a minute may have passed
    assert harness.request(base + "/metrics")[0] == 200
    harness.wait_until(lambda: stream.respondents() == 4, 5, "the fourth response")
    began, seen = time.monotonic(), len(stream.lines)
    harness.wait_until(lambda: time.monotonic() - began > quiet or stream.ended, quiet + 5, "quiet")
    assert stream.ended is None, stream.ended
    times = [began] + [at for at, _ in stream.lines[seen:]]
    gaps = [later - earlier for earlier, later in zip(times, times[1:] + [time.monotonic()])]
    assert max(gaps) < 17, f"{max(gaps):.1f} s without a sign of life"
    print(f"events within 1.5 s; longest silence {max(gaps):.1f} s in {quiet:.0f} s")


if __name__ == "__main__":
    main()
