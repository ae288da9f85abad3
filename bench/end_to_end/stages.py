#!/usr/bin/env python3
"""Where the server's CPU time of a response goes, by thread and stage: the released server is sampled (perf, cpu-clock)
while responses are pushed over TCP in batches of 1,000. A thread's time is exact (schedstat); the samples share it out."""
import argparse
import collections
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import processes  # noqa: E402
import run  # noqa: E402
import tables  # noqa: E402

SAMPLES_A_SECOND = 1999
THREADS = ("io stream", "writer", "snapshot", "io http")
# Thread -> stages with parts of the names of their functions. A sample belongs to the innermost function that is
# listed, so a copy belongs to who copies, and what no list knows to the last stage.
STAGES = {
    "io stream": (
        ("socket read", ("__x64_sys_recv", "__x64_sys_read")),
        ("acknowledgements sent", ("__x64_sys_send", "__x64_sys_write", "TcpSession::Write", "wire::Append")),
        ("queue and wake-ups", ("__x64_sys_futex", "__x64_sys_epoll", "Intake::Submit", "Engine::Submit")),
        ("id, channel, time", ("PlainResponseDecoder::ReadHead", "PlainResponseDecoder::ReadTime", "TimestampParts",
                               "PlainResponseDecoder::Input", "wire::IsAscii")),
        ("answers and categories", ("PlainResponseDecoder", "BytesIndex")),
        ("pseudonym", ("identity::", "BatchBuilder::AddResolvedResponse", "BatchBuilder::Impl::PlacePseudonyms",
                       "BatchBuilder::Finish", "libcrypto")),
        ("records of a batch", ("ProtobufBatchReader", "FieldCursor", "BatchReader", "Sink::OnEncodedResponse",
                                "BatchBuilder::RoomForResponse", "BatchBuilder::Begin")),
        ("session and the rest", ()),
    ),
    "writer": (
        ("cube", ("state::Contributor", "CountInCube", "state::Cube", "TouchedCells")),
        ("register", ("state::",)),
        ("journal: write", ("__x64_sys_pwrite", "__x64_sys_write")),
        ("journal: fdatasync", ("__x64_sys_fdatasync",)),
        ("journal: next segment", ("__x64_sys_fallocate", "Journal::MakeAhead", "SegmentFiles")),
        ("journal: header, checksum", ("journal::", "crc32")),
        ("verdicts and completion", ("FillOutcome", "Partition::Complete", "TcpSession", "__x64_sys_epoll", "__x64_sys_futex")),
        ("clock, copy to the group", ("Partition::ApplyResponses", "_M_range_insert", "Partition::MakeSpace", "wave::")),
        ("hand-over and the rest", ()),
    ),
}


def samples(text):
    """(thread, [function and library, the innermost first]) of what `perf script -F comm,ip,sym,dso` printed."""
    for block in text.split("\n\n"):
        lines = block.strip("\n").splitlines()
        if lines:
            yield lines[0].strip(), [line.strip().partition(" ")[2] for line in lines[1:]]


def stage_of(thread, frames):
    for frame in frames:
        for stage, parts in STAGES[thread]:
            if any(part in frame for part in parts):
                return stage
    return STAGES[thread][-1][0]


def thread_of(comm):
    return next((name for name in THREADS if comm.startswith(name)), None)


def shared_out(text, cpu_ns):
    """[(thread, stage or None for the whole thread, ns)] of perf's text and of the threads' times a response."""
    counts = {thread: collections.Counter() for thread in STAGES}
    for comm, frames in samples(text):
        thread = thread_of(comm)
        if thread in STAGES:
            counts[thread][stage_of(thread, frames)] += 1
    rows = []
    for thread in THREADS:
        nanos = cpu_ns.get(thread, 0)
        rows.append((thread, None, nanos))
        total = sum(counts.get(thread, {}).values())
        rows += [(thread, stage, nanos * counts[thread][stage] / total) for stage, _ in STAGES.get(thread, ()) if total]
    return rows


def measure(bench, questionnaire, connections, seconds):
    """Figures of the client, and the rows of shared_out."""
    kind = {"transport": "tcp", "partitions": 1}
    shape = {"questionnaire": questionnaire, "connections": connections, "batch": 1000}
    data = bench.directory / "perf.data"
    with bench.serve(kind, questionnaire) as server:
        processes.wait_until_ready(server.targets["http"])
        before = processes.cpu_by_thread(server.pid)
        perf = subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", str(SAMPLES_A_SECOND), "-g",
                                 "-p", str(server.pid), "-o", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            figures = bench.push(kind, shape, server, seconds)
        finally:
            perf.send_signal(signal.SIGINT)
            perf.wait(60)
        after = processes.cpu_by_thread(server.pid)
    text = subprocess.run(["perf", "script", "-i", data, "-F", "comm,ip,sym,dso", "--no-inline"], check=True, text=True,
                          capture_output=True, timeout=300).stdout
    data.unlink()
    os.sync()
    return figures, shared_out(text, processes.cpu_per_response(before, after, figures["responses"]))


def report(results):
    """A column for each questionnaire."""
    parts = [f"{name}: {figures['bytes'] / figures['responses']:.0f} bytes a response, "
             f"{figures['responses_per_second']:,.0f} a second" for name, (figures, _) in results.items()]
    nanos = {name: {row[:2]: row[2] for row in rows} for name, (_, rows) in results.items()}
    keys = [(thread, stage) for thread in THREADS for stage in (None, *(stage for stage, _ in STAGES.get(thread, ())))]
    table = [[f"  {stage}" if stage else thread, *(tables.number(nanos[name].get((thread, stage))) for name in results)]
             for thread, stage in keys]
    table.append(["all", *(tables.number(sum(rows[thread, None] for thread in THREADS)) for rows in nanos.values())])
    width = max(len(row[0]) for row in table)
    return "\n".join([*parts, "CPU ns a response:",
                      tables.aligned(["", *results], [[row[0].ljust(width), *row[1:]] for row in table])])


def main(arguments):
    parser = argparse.ArgumentParser(prog="tools/bench --stages", description=__doc__)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each run")
    parser.add_argument("--build", default=run.ROOT / "build/release", help="build directory")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="stages-", dir=pathlib.Path(options.build) / "bench") as directory:
        bench = run.Bench(run.parse(["--build", str(options.build)]), directory)
        bench.prepare()
        print(report({name: measure(bench, name, options.connections, options.seconds)
                      for name in run.fieldwork.QUESTIONNAIRES}))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    try:
        main(sys.argv[1:])
    except (OSError, processes.RunFailed, subprocess.SubprocessError) as failure:
        sys.exit(f"stages: {failure}")
