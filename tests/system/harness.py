"""What the system tests share: a server of their own, small HTTP calls, waiting for conditions."""
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

CASES_WAVE = "waves/cases.textproto"


class Server:
    """A `panelpuls serve` process on free ports, ended on exit of the with block."""

    def __init__(self, binary, wave, data=None, arguments=()):
        self.own_data = None
        if data is None:
            self.own_data = tempfile.TemporaryDirectory(prefix="panelpuls-test-")
            data = self.own_data.name + "/data"
        self.binary, self.wave, self.data, self.arguments = binary, wave, data, list(arguments)
        self.process = None
        self.lines = []

    def start(self, environment=None):
        self.process = subprocess.Popen(
            [self.binary, "serve", "--wave", self.wave, "--data", self.data, "--http-port", "0", "--tcp-port", "0",
             *self.arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "TZ": "UTC", **(environment or {})})
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            found = re.match(r"listening http=(\S+) tcp=(\S+)", line)
            if found:
                self.http, self.tcp = found.group(1), found.group(2)
                return self
        raise RuntimeError(f"server ended with {self.process.wait()}: {self.lines}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        return code

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.stop()
        if self.own_data:
            self.own_data.cleanup()

    def get(self, path, headers=None):
        return request(self.http + path, headers=headers)

    def post(self, document, path="/v1/responses", timeout=30):
        return request(self.http + path, json.dumps(document).encode(), {"Content-Type": "application/json"}, timeout)

    def snapshot(self):
        status, _, body = self.get("/v1/snapshot")
        assert status == 200, (status, body)
        return json.loads(body)

    def wait_for_respondents(self, count, seconds=10):
        return wait_until(lambda: (s := self.snapshot())["collection"]["respondents"] == count and s, seconds,
                          f"{count} respondents")


def request(url, body=None, headers=None, timeout=30):
    """Status, headers, body; a refusal is an answer too."""
    call = urllib.request.Request(url, data=body, headers=headers or {}, method="POST" if body is not None else "GET")
    try:
        with urllib.request.urlopen(call, timeout=timeout) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, dict(refusal.headers), refusal.read()


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)  # between looks at a condition


def response(unit, revenue="up", employees="same", channel="cati", revision=1, at="2025-10-07T10:00:00Z", **more):
    return {"respondentId": unit, "revision": revision, "channel": channel, "collectedAt": at,
            "answers": [{"question": "revenue", "options": [revenue]}, {"question": "employees", "options": [employees]}],
            **more}


def batch(*responses):
    return {"wave": "cases", "responses": list(responses)}


def large_cases_wave(folder):
    """The cases' wave with room for a load test."""
    text = open(CASES_WAVE).read()
    changed = re.sub(r"max_respondents:\s*\d+", "max_respondents: 1000000", text)
    assert changed != text
    path = os.path.join(folder, "cases.textproto")
    with open(path, "w") as file:
        file.write(changed)
    return path
