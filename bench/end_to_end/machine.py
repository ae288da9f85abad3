"""Where a run was made, and whether that is a place to measure at."""
import os
import pathlib
import platform
import subprocess

MEMORY_FILE_SYSTEMS = {"tmpfs", "ramfs", "devtmpfs"}
LEAST_BATCH_BYTES = 256 << 10  # smaller ones are bound by messages and fdatasync
LEAST_SYNC_US = 20  # a quicker 4 KiB fdatasync reaches no disk


def file_system(path):
    """Type of the file system that holds path."""
    path = os.path.realpath(path)
    best, kind = "", "unknown"
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        mount = fields.split()[4].encode().decode("unicode_escape")
        if (path + "/").startswith(mount.rstrip("/") + "/") and len(mount) >= len(best):
            best, kind = mount, rest.split()[0]
    return kind


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def commit(root):
    def git(*arguments):
        return subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, timeout=30).stdout.strip()
    try:
        return git("rev-parse", "--short=12", "HEAD") + (" with changes" if git("status", "--porcelain") else "")
    except (OSError, subprocess.TimeoutExpired):
        return ""


def describe(root, directory):
    return {
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000,
        "kernel": platform.release(),
        "system": platform.system(),
        "file_system": file_system(directory),
        "commit": commit(root),
    }


def void_reasons(machine, limits):
    """Why no ratio of this run means anything; empty when they do."""
    reasons = []
    if machine["file_system"] in MEMORY_FILE_SYSTEMS:
        reasons.append(f"the files lie on {machine['file_system']}, not on a disk")
    if limits["fdatasync_4k_us_p50"] < LEAST_SYNC_US:
        reasons.append(f"an fdatasync of 4 KiB takes {limits['fdatasync_4k_us_p50']:.0f} us, less than {LEAST_SYNC_US}: "
                       "it reaches no disk")
    return reasons


def null_void_reason(mb_per_second, batch_bytes, limits):
    """Why the ratios to a null sink of that speed mean nothing; None when they do. Batches of few bytes are bound by
    messages and by fdatasync, so they are not held against a limit in bytes."""
    if batch_bytes < LEAST_BATCH_BYTES:
        return None
    limit = min(limits["loopback_mb_per_second"], limits["disk_mb_per_second"])
    if mb_per_second >= limit / 2:
        return None
    return f"the null sink's {mb_per_second:.0f} MB/s are less than half of the limit of {limit:.0f} MB/s"


def unsteady(begin, end):
    """What of the limits changed by more than half while the run went on, as disks behind a rate limiter and shared
    machines do: pairs of neighbours still hold, figures of different shapes do not compare. Lines of text."""
    names = {"loopback_mb_per_second": "loopback, MB/s", "disk_mb_per_second": "disk, MB/s",
             "fdatasync_4k_us_p50": "fdatasync of 4 KiB, us"}
    return [f"{text}: {begin[name]:,.0f} at the begin, {end[name]:,.0f} at the end" for name, text in names.items()
            if max(begin[name], end[name]) > 1.5 * min(begin[name], end[name])]
