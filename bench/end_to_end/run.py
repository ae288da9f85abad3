#!/usr/bin/env python3
"""The end-to-end benchmark: the released server against the null sink, as processes over loopback.

Each run of the server stands beside one of the null sink with the same connections and batches; a ratio is the median
over such pairs. HTTP is held against the null sink's TCP stream. Snapshots are polled and streamed while the server
runs. Everything is bounded in time."""
import argparse
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import machine  # noqa: E402
import processes  # noqa: E402
import tables  # noqa: E402

FORMAT = 2
ROOT = pathlib.Path(__file__).resolve().parents[2]
WAVE = ROOT / "waves/virksomhedspanel-2025-efteraar"
READ_SIDE = ("snapshot_us", "conditional_us", "staleness_us", "reader_real_time", "shown", "not_modified", "snapshot_bytes",
             "sse_events", "sse_bytes", "sse_lost")
NULL = {"transport": "null", "partitions": 1}


class Plan:
    """How much is measured."""

    def __init__(self, size):
        self.connections = {"full": (1, 4, 16), "quick": (1, 4), "smoke": (2,)}[size]
        self.batches = {"full": (1000, 1), "quick": (1000, 1), "smoke": (50,)}[size]
        self.partitions = {"full": (1, 2), "quick": (1,), "smoke": (2,)}[size]
        self.rounds = {"full": 3, "quick": 1, "smoke": 1}[size]
        self.seconds = {"full": 2.0, "quick": 1.0, "smoke": 0.1}[size]
        self.open_seconds = {"full": 4.0, "quick": 1.5, "smoke": 0.1}[size]
        self.units = {"full": 8_000_000, "quick": 4_000_000, "smoke": 50_000}[size]
        self.respondents = {"full": 200_000, "quick": 200_000, "smoke": 5_000}[size]
        self.subscribers = {"full": 8, "quick": 8, "smoke": 2}[size]
        self.fan_out = {"full": (0, 8, 200), "quick": (0, 200), "smoke": (0, 3)}[size]
        self.minutes = {"full": 10, "quick": 3, "smoke": 1}[size]

    def reals(self):
        return [{"transport": transport, "partitions": partitions}
                for partitions in self.partitions for transport in ("tcp", "http")]


class Bench:
    def __init__(self, options, directory):
        self.plan = Plan(options.size)
        self.plan.seconds = options.seconds or self.plan.seconds
        self.binaries = pathlib.Path(options.build)
        self.directory = pathlib.Path(directory)
        self.deadline = time.monotonic() + 60 * self.plan.minutes
        self.missing = []   # left out, with the reason
        self.failures = []  # tried

    # ---- what is pushed ------------------------------------------------------------------------------------------
    def prepare(self):
        """The real definition and fieldwork, with room for more units and as many more answers."""
        plan = self.plan
        self.wave = self.directory / "wave.textproto"
        self.wave.write_text(replaced_once(WAVE.with_suffix(".textproto").read_text(), r"^max_respondents: \d+",
                                           f"max_respondents: {plan.units}"))
        conf = self.directory / "simulation.conf"
        conf.write_text(scaled_fieldwork(WAVE.with_suffix(".simulation.conf"), plan.respondents))
        self.responses = self.directory / "responses.pb"
        subprocess.run([self.binaries / "src/cli/panelpuls", "simulate", *self.definition(), "--parameters", conf, "--seed", "1",
                        "--output", self.responses], check=True, stdout=subprocess.DEVNULL, timeout=120)

    def definition(self):
        return ["--wave", self.wave, "--population", WAVE.with_suffix(".population.csv")]

    # ---- one run -------------------------------------------------------------------------------------------------
    def serve(self, kind, wrapper=()):
        data = self.directory / "data"
        if kind["transport"] == "null":
            command = [self.binaries / "bench/end_to_end/null_sink", "--data", data]
        else:
            command = [*wrapper, self.binaries / "src/cli/panelpuls", "serve", *self.definition(), "--data", data, "--http-port",
                       "0", "--tcp-port", "0", "--partitions", kind["partitions"]]
        return processes.Served(command, data, self.directory / "server.log")

    def push(self, kind, shape, server, seconds, more=(), subscribers=None):
        transport = "http" if kind["transport"] == "http" else "tcp"
        command = [self.binaries / "bench/end_to_end/load", self.responses, "--target", server.targets[transport],
                   "--connections", shape["connections"], "--batch", shape["batch"], "--seconds", seconds, *more]
        if kind["transport"] != "null":
            processes.wait_until_ready(server.targets["http"])
            command += ["--read-side", server.targets["http"], "--subscribers",
                        self.plan.subscribers if subscribers is None else subscribers,
                        "--responses", int(self.plan.units * 0.95)]
        return processes.run_json(command, seconds + 40)

    def run(self, kind, shape, seconds=None, more=(), wrapper=(), subscribers=None):
        with self.serve(kind, wrapper) as server:
            before = processes.cpu_by_thread(server.pid)
            figures = self.push(kind, shape, server, seconds or self.plan.seconds, more, subscribers)
            after = processes.cpu_by_thread(server.pid)
            figures["cpu_ns"] = processes.cpu_per_response(before, after, figures["responses"])
            figures["cpu_ns"]["total"] = sum(figures["cpu_ns"].values())
            figures["memory_mb"] = processes.memory_mb(server.pid)
        os.sync()  # what the next run does not wait for
        return figures

    def attempt(self, kind, shape, seconds=None, more=(), **options):
        """None where the run failed: one that did is no reason to lose the others."""
        try:
            return self.run(kind, shape, seconds, more, **options)
        except processes.RunFailed as failure:
            self.failures.append(f"{kind['transport']}, partitions {kind['partitions']}, {describe(shape)}: {failure}")
            return None

    # ---- all runs ------------------------------------------------------------------------------------------------
    def rounds(self, shape):
        """Runs by kind, each of the server's with its neighbour of the null sink: real, null, real."""
        reals = self.plan.reals()
        pairs = {index: [] for index in range(len(reals))}
        for number in range(self.plan.rounds):
            if number > 0 and time.monotonic() > self.deadline:
                self.missing.append(f"round {number + 1} of {describe(shape)}: out of time")
                break
            for first in range(0, len(reals), 2):
                couple = range(first, min(first + 2, len(reals)))
                runs = {couple[0]: self.attempt(reals[couple[0]], shape)}
                null = self.attempt(NULL, shape)
                runs.update((index, self.attempt(reals[index], shape)) for index in couple[1:])
                for index, figures in runs.items():
                    if figures and null:
                        pairs[index].append((figures, null))
        return [summary(shape, kind, pairs[index]) for index, kind in enumerate(reals) if pairs[index]]

    def shapes(self):
        return [{"connections": connections, "batch": batch}
                for batch in self.plan.batches for connections in self.plan.connections]

    def closed_loops(self, limits):
        results = []
        for shape in self.shapes():
            if time.monotonic() > self.deadline:
                self.missing.append(f"{describe(shape)}: out of time")
                continue
            say(f"{describe(shape)} ...")
            for result in self.rounds(shape):
                reason = machine.null_void_reason(result["null_mb_per_second"], shape["batch"], limits)
                result["void"] = reason and f"{describe(shape)}: {reason}"
                results.append(result)
        return results

    def selected(self, results):
        """A shape of each transport and batch: the middle number of connections, the first of partitions."""
        middle = self.plan.connections[len(self.plan.connections) // 2]
        return [result for result in results
                if result["connections"] == middle and result["partitions"] == self.plan.partitions[0]]

    def open_loops(self, results):
        loops = []
        for result in self.selected(results):
            rate = result["responses_per_second"] / 2
            for kind in (result, NULL) if result["transport"] == "tcp" else (result,):
                figures = self.attempt(kind, result, self.plan.open_seconds, ("--rate", rate))
                if figures:
                    loops.append({**named({**result, **kind}), "rate": rate, **read_side(figures)})
        return loops

    def variants(self):
        """Sets of runs that differ in one thing, in turn, so that they compare with each other."""
        batch = self.plan.batches[0]
        connections = self.plan.connections[len(self.plan.connections) // 2]
        partitions = self.plan.partitions[0]
        many = {"connections": connections, "batch": batch}
        lone = {"connections": 1, "batch": 1}
        tcp = {"transport": "tcp", "partitions": partitions}
        http = {"transport": "http", "partitions": partitions}
        cpus = sorted(os.sched_getaffinity(0), reverse=True)
        sets = {
            "subscribers of the event stream":
                [(f"{n}", tcp, many, {"subscribers": n}) for n in self.plan.fan_out],
            "one response in flight":
                [("tcp", tcp, lone, {"more": ("--in-flight", 1)}), ("http", http, lone, {})],
            "CPUs of the server":
                [(f"{n}", tcp, many, {"wrapper": ("taskset", "-c", ",".join(map(str, cpus[:n])))})
                 for n in sorted({1, len(cpus)})],
        }
        measured = []
        for title, runs in sets.items():
            taken = {label: [] for label, *_ in runs}
            for number in range(self.plan.rounds):
                if number > 0 and time.monotonic() > self.deadline:
                    self.missing.append(f"round {number + 1} of {title}: out of time")
                    break
                for label, kind, shape, options in runs:
                    figures = self.attempt(kind, shape, **options)
                    if figures:
                        taken[label].append({**named({**shape, **kind}), **read_side(figures)})
            for label, figures in taken.items():
                if figures:
                    middle = sorted(figures, key=lambda f: f["responses_per_second"])[(len(figures) - 1) // 2]
                    measured.append({"set": title, "variant": label, **middle})
        return measured

    def syscalls(self, results):
        """Apart from the runs above, since tracing costs far more than what is traced."""
        if shutil.which("strace") is None:
            self.missing.append("system calls: there is no strace")
            return []
        traced = []
        try:
            # What starting and stopping takes, whatever is pushed between.
            started, _ = self.traced({"transport": "tcp", "partitions": self.plan.partitions[0]})
            for result in self.selected(results):
                calls, figures = self.traced(result, result)
                by_name = {name: max(0, count - started.get(name, 0)) / figures["batches"] for name, count in calls.items()}
                traced.append({**named(result), "batches": figures["batches"], "a_batch": sum(by_name.values()),
                               "by_name": by_name})
        except processes.RunFailed as failure:
            self.failures.append(f"strace: {failure}")
        return traced

    def traced(self, kind, shape=None):
        """System calls of a server by name, and the client's figures; without a shape nothing is pushed."""
        summary_file = self.directory / "strace"
        figures = None
        # -D: the process started is the server, so that it is the server that is ended.
        with self.serve(kind, ("strace", "-D", "-f", "-c", "-o", summary_file)) as server:
            processes.wait_until_ready(server.targets["http"])
            if shape:
                figures = self.push(kind, shape, server, min(1.0, self.plan.seconds))
        calls = processes.syscalls(processes.read_until(summary_file, " total"))
        summary_file.unlink()
        return calls, figures

    def limits(self):
        return processes.run_json([self.binaries / "bench/end_to_end/limits", "--directory", self.directory, "--seconds",
                                   min(1.0, self.plan.seconds)], 60)

    def measure(self):
        limits = self.limits()
        description = machine.describe(ROOT, self.directory)
        self.prepare()
        results = self.closed_loops(limits)
        run = {"format": FORMAT, "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
               "machine": description, "limits": limits, "void": machine.void_reasons(description, limits), "results": results,
               "open_loop": self.open_loops(results), "variants": self.variants(), "syscalls": self.syscalls(results), "missing": self.missing,
               "failures": self.failures}
        run["limits_at_end"] = self.limits()
        for result in results:
            if run["void"]:
                result["void"] = run["void"][0]
        return run


def replaced_once(text, pattern, replacement):
    text, count = re.subn(pattern, replacement, text, flags=re.M)
    if count != 1:
        raise SystemExit(f"{count} lines match {pattern}, one is needed")
    return text


def scaled_fieldwork(path, respondents):
    """The simulation's parameters with so many respondents, as many of a hundred answering each question as before."""
    text = path.read_text()
    factor = respondents / int(re.search(r"^respondents = (\d+)", text, re.M).group(1))

    def scaled(match):
        return f"{match.group(1)} = {round(int(match.group(2)) * factor)}"

    text = replaced_once(text, r"^(invited) = (\d+)", scaled)
    text = replaced_once(text, r"^(respondents) = (\d+)", scaled)
    return replaced_once(text, r"^\[valid\].*\n(?:\w+ = \d+\n)+",
                         lambda section: re.sub(r"^(\w+) = (\d+)", scaled, section.group(0), flags=re.M))


def describe(shape):
    return f"{shape['connections']} connections, {shape['batch']} responses a batch"


def named(result):
    return {name: result[name] for name in ("connections", "batch", "transport", "partitions")}


def read_side(figures):
    """The client's figures, with what is of snapshots and streams apart; None there for the null sink."""
    kept = {name: value for name, value in figures.items() if name not in READ_SIDE}
    return {**kept, "read_side": {name: figures[name] for name in READ_SIDE} if "snapshot_us" in figures else None}


def summary(shape, kind, pairs):
    """The median pair by its ratio, with the ratios of all."""
    ratio_of = [real["responses_per_second"] / null["responses_per_second"] for real, null in pairs]
    middle = sorted(range(len(pairs)), key=ratio_of.__getitem__)[(len(pairs) - 1) // 2]
    real, null = pairs[middle]
    return {**shape, **kind, "ratio": statistics.median(ratio_of), "ratios": ratio_of,
            "null_responses_per_second": null["responses_per_second"], "null_mb_per_second": null["mb_per_second"],
            "null_latency_us": null["latency_us"], "null_cpu_ns": null["cpu_ns"], **read_side(real)}


def say(text):
    print(text, file=sys.stderr, flush=True)


def read_run(path):
    run = json.loads(pathlib.Path(path).read_text())
    if run.get("format") != FORMAT:
        raise SystemExit(f"{path}: format {run.get('format')}, this program reads {FORMAT}; measure anew")
    return run


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__)
    parser.add_argument("--build", default=ROOT / "build/release", help="build directory")
    parser.add_argument("--directory", help="where the servers' files go for the time of the run, on the disk that is measured "
                                            "(default: bench in the build directory)")
    parser.add_argument("--output", help="where the figures go as JSON (default: bench/last.json in the build directory)")
    parser.add_argument("--compare", nargs="+", metavar="FILE", help="one: measure and compare; two: compare these, then and now")
    parser.add_argument("--seconds", type=float, help="of each closed loop; short ones spare a disk behind a rate limiter")
    parser.add_argument("--quick", dest="size", action="store_const", const="quick", default="full",
                        help="a look, not a measurement")
    parser.add_argument("--smoke", dest="size", action="store_const", const="smoke", help="does it run at all")
    options = parser.parse_args(arguments)
    if options.compare and len(options.compare) > 2:
        parser.error("--compare takes one file or two")
    return options


def main(arguments):
    options = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # through the with blocks, which end what was started
    then = [read_run(path) for path in options.compare or ()]
    if len(then) == 2:
        print(tables.comparison(*then))
        return 0
    folder = pathlib.Path(options.build) / "bench"
    output = pathlib.Path(options.output or folder / "last.json")
    with tempfile.TemporaryDirectory(prefix="end-to-end-", dir=options.directory or folder) as directory:
        run = Bench(options, directory).measure()
    output.write_text(json.dumps(run, indent=1) + "\n")
    print(tables.report(run))
    if then:
        print("\n" + tables.comparison(then[0], run))
    say(f"figures in {output}")
    return 1 if run["failures"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (processes.RunFailed, subprocess.SubprocessError) as failure:
        say(f"end to end: {failure}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
