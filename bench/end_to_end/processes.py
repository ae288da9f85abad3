"""The processes of a run: the server under test, the null sink, the client. Each is bounded in time, and only
processes started here are ended."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request

START_SECONDS = 60
STOP_SECONDS = 30


class RunFailed(Exception):
    """A run that gave no figures, with the reason."""


class Served:
    """A process that prints a line `listening ...` and is ended at the end of the with block; its directory goes with
    it."""

    def __init__(self, command, data, log):
        self.command, self.data, self.log = [str(part) for part in command], pathlib.Path(data), pathlib.Path(log)
        self.process = None
        self.targets = {}

    def __enter__(self):
        shutil.rmtree(self.data, ignore_errors=True)
        with open(self.log, "wb") as errors:
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=errors, text=True)
        # Reading the line has no bound of its own.
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if line.startswith("listening"):
                    self.targets = dict(re.findall(r"(http|tcp)=(\S+)", line))
                    return self
        finally:
            watchdog.cancel()
        self.__exit__()
        raise RunFailed(f"{self.command[0]} did not start: {tail(self.log)}")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.data, ignore_errors=True)

    @property
    def pid(self):
        return self.process.pid


def tail(path, lines=5):
    try:
        return "\n".join(pathlib.Path(path).read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def run_json(command, seconds):
    """What a program printed as JSON; it is killed after so many seconds."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise RunFailed(f"{command[0]} took longer than {seconds:.0f} s") from None
    if done.returncode != 0:
        raise RunFailed(done.stderr.strip() or f"{command[0]} ended with {done.returncode}")
    return json.loads(done.stdout)


def cpu_by_thread(pid):
    """Nanoseconds on a processor by thread name; threads of one name ("writer 0", "writer 1") are added up."""
    nanos = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            name = re.sub(r" \d+$", "", (task / "comm").read_text().strip())
            spent = thread_nanos(task)
        except OSError:
            continue  # the thread ended
        nanos[name] = nanos.get(name, 0) + spent
    return nanos


def thread_nanos(task):
    """From schedstat, exact; where the kernel has none, from stat, in clock ticks."""
    try:
        return int((task / "schedstat").read_text().split()[0])
    except OSError:
        fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def memory_mb(pid):
    """Resident now and at most, in MB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return {name: int(re.search(rf"^{field}:\s+(\d+) kB", status, re.M).group(1)) * 1024 / 1e6
            for name, field in (("resident", "VmRSS"), ("peak", "VmHWM"))}


def cpu_per_response(before, after, responses):
    return {name: (after[name] - before.get(name, 0)) / responses for name in sorted(after)}


def wait_until_ready(url, seconds=START_SECONDS):
    """Until the server at url has a snapshot to show."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url + "/readyz", timeout=5):
                return
        except urllib.error.HTTPError:
            if time.monotonic() > deadline:
                raise RunFailed(f"{url} was not ready within {seconds} s") from None
        time.sleep(0.02)  # between looks at it


def read_until(path, end, seconds=STOP_SECONDS):
    """The text of a file that another process writes, when `end` stands in it."""
    deadline = time.monotonic() + seconds
    while end not in (text := pathlib.Path(path).read_text() if pathlib.Path(path).exists() else ""):
        if time.monotonic() > deadline:
            raise RunFailed(f"{path} was not finished within {seconds} s")
        time.sleep(0.02)  # between looks at it
    return text


def syscalls(summary):
    """Calls by name, of what `strace -c` wrote."""
    calls = {}
    for line in summary.splitlines():
        found = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", line)
        if found and found.group(2) != "total":
            calls[found.group(2)] = int(found.group(1))
    return calls
