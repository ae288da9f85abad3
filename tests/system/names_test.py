#!/usr/bin/env python3
"""A page on another name reads nothing and sends nothing, on loopback too. usage: names_test.py BINARY"""
import json
import sys

import harness
import raw

PATHS = ["/", "/v1/snapshot", "/v1/stream", "/v1/history", "/v1/cells", "/v1/attention", "/v1/wave", "/v1/guidance",
         "/v1/export/responses.csv", "/v1/export/figures.csv", "/metrics", "/healthz", "/readyz"]


def post(host, unit, more=""):
    body = json.dumps(harness.batch(harness.response(unit)))
    return (f"POST /v1/responses HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{more}"
            f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()


def status(answer):
    return int(answer.split(b" ", 2)[1])


def main():
    with harness.Server(sys.argv[1], harness.CASES_WAVE) as server:
        port = server.http.rpartition(":")[2]
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "panel.example"):
            for path in PATHS:
                answer = raw.exchange(server.http, raw.get(path, host))
                assert status(answer) == 421 and b"respondents" not in answer, (host, path, answer[:300])
            assert status(raw.exchange(server.http, post(host, "E1"))) == 421, host
        for host in (f"127.0.0.1:{port}", "localhost", f"[::1]:{port}"):
            assert status(raw.exchange(server.http, raw.get("/v1/snapshot", host))) == 200, host
        evil = raw.exchange(server.http, post("localhost", "E2", "Origin: http://evil.example\r\n"))
        assert status(evil) == 403, evil
        assert server.snapshot()["collection"]["respondents"] == 0
        own = raw.exchange(server.http, post(f"localhost:{port}", "N1", f"Origin: http://localhost:{port}\r\n"))
        assert status(own) == 200, own
        server.wait_for_respondents(1)
    with harness.Server(sys.argv[1], harness.CASES_WAVE, arguments=["--host", "panel.example"]) as server:
        assert status(raw.exchange(server.http, raw.get("/v1/snapshot", "panel.example"))) == 200
        assert status(raw.exchange(server.http, raw.get("/v1/snapshot", "evil.example"))) == 421
        page = raw.exchange(server.http, post("127.0.0.1", "N2", "Origin: https://panel.example\r\n"))
        assert status(page) == 200, page


if __name__ == "__main__":
    main()
