#!/usr/bin/env python3
"""The end-to-end benchmark: the released server against the null sink, as processes over loopback.

Each run of the server stands beside one of the null sink with the same connections and batches; a ratio is the median
over such pairs. HTTP is held against the null sink's TCP stream. Snapshots are polled and streamed while the server
runs. Responses are the business panel's, and of a short questionnaire. Everything is bounded in time."""
import argparse
import datetime
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1])]
import fieldwork  # noqa: E402
import machine  # noqa: E402
import processes  # noqa: E402
import tables  # noqa: E402

FORMAT = 3
ROOT = pathlib.Path(__file__).resolve().parents[2]
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
        self.minutes = {"full": 14, "quick": 4, "smoke": 2}[size]

    def reals(self, shape):
        partitions_of = {"panel": self.partitions, "small": self.partitions[:1]}
        return [{"transport": transport, "partitions": partitions}
                for partitions in partitions_of[shape["questionnaire"]] for transport in ("tcp", "http")]

    def shapes(self):
        """Those of the small responses, whose bytes say little, with the largest batch alone."""
        batches_of = {"panel": self.batches, "small": self.batches[:1]}
        return [{"questionnaire": questionnaire, "connections": connections, "batch": batch}
                for questionnaire, batches in batches_of.items() for batch in batches for connections in self.connections]


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
        """Definition and responses of each questionnaire."""
        self.definitions, self.responses = {}, {}
        for name in fieldwork.QUESTIONNAIRES:
            folder = self.directory / name
            folder.mkdir()
            self.definitions[name] = fieldwork.write(name, self.plan.respondents, self.plan.units, folder)
            self.responses[name] = folder / "responses.pb"
            subprocess.run([self.binaries / "src/cli/panelpuls", "simulate", *self.definitions[name], "--parameters",
                            folder / "simulation.conf", "--seed", "1", "--output", self.responses[name]], check=True,
                           stdout=subprocess.DEVNULL, timeout=120)

    # ---- one run -------------------------------------------------------------------------------------------------
    def serve(self, kind, questionnaire, wrapper=()):
        data = self.directory / "data"
        if kind["transport"] == "null":
            command = [self.binaries / "bench/end_to_end/null_sink", "--data", data]
        else:
            command = [*wrapper, self.binaries / "src/cli/panelpuls", "serve", *self.definitions[questionnaire], "--data", data,
                       "--http-port", "0", "--tcp-port", "0", "--partitions", kind["partitions"]]
        return processes.Served(command, data, self.directory / "server.log")

    def push(self, kind, shape, server, seconds, more=(), subscribers=None):
        transport = "http" if kind["transport"] == "http" else "tcp"
        command = [self.binaries / "bench/end_to_end/load", self.responses[shape["questionnaire"]],
                   "--target", server.targets[transport], "--connections", shape["connections"], "--batch", shape["batch"],
                   "--seconds", seconds, *more]
        if kind["transport"] != "null":
            processes.wait_until_ready(server.targets["http"])
            command += ["--read-side", server.targets["http"], "--subscribers",
                        self.plan.subscribers if subscribers is None else subscribers,
                        "--responses", int(self.plan.units * 0.95)]
        return processes.run_json(command, seconds + 40)

    def run(self, kind, shape, seconds=None, more=(), wrapper=(), subscribers=None):
        with self.serve(kind, shape["questionnaire"], wrapper) as server:
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
        reals = self.plan.reals(shape)
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

    def closed_loops(self, limits):
        results = []
        for shape in self.plan.shapes():
            if time.monotonic() > self.deadline:
                self.missing.append(f"{describe(shape)}: out of time")
                continue
            say(f"{describe(shape)} ...")
            for result in self.rounds(shape):
                reason = machine.null_void_reason(result["null_mb_per_second"], result["batch_bytes"], limits)
                result["void"] = reason and f"{describe(shape)}: {reason}"
                results.append(result)
        return results

    def selected(self, results):
        """A shape of each questionnaire, transport and batch: the middle number of connections, the first of partitions."""
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
        many = {"questionnaire": "panel", "connections": connections, "batch": batch}
        lone = {"questionnaire": "panel", "connections": 1, "batch": 1}
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
            started, _ = self.traced({"transport": "tcp", "partitions": self.plan.partitions[0]}, "panel")
            for result in self.selected(results):
                calls, figures = self.traced(result, result["questionnaire"], result)
                by_name = {name: max(0, count - started.get(name, 0)) / figures["batches"] for name, count in calls.items()}
                traced.append({**named(result), "batches": figures["batches"], "a_batch": sum(by_name.values()),
                               "by_name": by_name})
        except processes.RunFailed as failure:
            self.failures.append(f"strace: {failure}")
        return traced

    def traced(self, kind, questionnaire, shape=None):
        """System calls of a server by name, and the client's figures; without a shape nothing is pushed."""
        summary_file = self.directory / "strace"
        figures = None
        # -D: the process started is the server, so that it is the server that is ended.
        with self.serve(kind, questionnaire, ("strace", "-D", "-f", "-c", "-o", summary_file)) as server:
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


def describe(shape):
    return f"{shape['questionnaire']}, {shape['connections']} connections, {shape['batch']} responses a batch"


def named(result):
    return {name: result[name] for name in ("questionnaire", "connections", "batch", "transport", "partitions")}


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
            "batch_bytes": null["bytes"] / null["batches"],
            "null_responses_per_second": null["responses_per_second"], "null_mb_per_second": null["mb_per_second"],
            "null_latency_us": null["latency_us"], "null_cpu_ns": null["cpu_ns"], **read_side(real)}


def say(text):
    print(text, file=sys.stderr, flush=True)


def read_run(path):
    run = json.loads(pathlib.Path(path).read_text())
    if run.get("format") == 2:  # before there were small responses
        for result in run["results"]:
            result["questionnaire"] = "panel"
    elif run.get("format") != FORMAT:
        raise SystemExit(f"{path}: format {run.get('format')}, this program reads 2 and {FORMAT}; measure anew")
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
