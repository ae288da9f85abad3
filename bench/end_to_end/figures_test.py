#!/usr/bin/env python3
"""What the runner makes of figures: verdicts, medians of pairs, tables, two runs side by side."""
import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1])]
import fieldwork  # noqa: E402
import machine  # noqa: E402
import processes  # noqa: E402
import run  # noqa: E402
import stages  # noqa: E402
import tables  # noqa: E402

LATENCY = {"count": 10, "p50": 100.0, "p99": 200.0, "p99_9": 300.0, "max": 400.0}


def result(transport="tcp", connections=4, batch=1000, partitions=1, rate=1e6, **more):
    return {"questionnaire": "panel", "connections": connections, "batch": batch, "transport": transport,
            "partitions": partitions, "ratio": 0.4, "ratios": [0.4], "void": None, "null_responses_per_second": 2.5e6,
            "null_mb_per_second": 900.0, "responses_per_second": rate, "mb_per_second": 350.0, "latency_us": LATENCY,
            "cpu_ns": {"io": 200.0, "writer": 150.0, "total": 350.0}, "null_cpu_ns": {"total": 90.0},
            "client_cpu_ns": 80.0, "memory_mb": {"resident": 60.0, "peak": 61.0},
            "read_side": {"snapshot_us": LATENCY, "conditional_us": LATENCY, "staleness_us": LATENCY,
                          "reader_real_time": True}, **more}


def made_run(*results):
    limits = {"loopback_mb_per_second": 2000.0, "disk_mb_per_second": 500.0, "fdatasync_4k_us_p50": 120.0,
              "fdatasync_4k_us_p99": 300.0}
    return {"format": run.FORMAT, "at": "2025-01-01T00:00:00+00:00", "void": [], "missing": [], "failures": [], "open_loop": [],
            "variants": [], "syscalls": [],
            "machine": {"cpu": "A", "cores": 2, "system": "Linux", "kernel": "6", "file_system": "ext4", "commit": "abc"},
            "limits": limits, "limits_at_end": dict(limits),
            "results": list(results)}


class Verdicts(unittest.TestCase):
    def test_where_no_ratio_means_anything(self):
        for file_system, sync_us, reasons in (("ext4", 20, 0), ("tmpfs", 100, 1), ("ext4", 19.9, 1), ("ramfs", 2, 2)):
            with self.subTest(file_system=file_system, sync_us=sync_us):
                found = machine.void_reasons({"file_system": file_system}, {"fdatasync_4k_us_p50": sync_us})
                self.assertEqual(len(found), reasons)

    def test_a_null_sink_below_half_of_the_lower_limit_is_no_yardstick(self):
        limits = {"loopback_mb_per_second": 2000, "disk_mb_per_second": 500}
        for speed, batch_bytes, void in ((250, 510_000, False), (249, 510_000, True), (1, 510, False), (1, 80_000, False)):
            with self.subTest(speed=speed, batch_bytes=batch_bytes):
                self.assertEqual(machine.null_void_reason(speed, batch_bytes, limits) is not None, void)

    def test_a_disk_that_was_slowed_down_meanwhile_is_named(self):
        begin = made_run()["limits"]
        for end, changes in (({}, 0), ({"fdatasync_4k_us_p50": 180.0}, 0), ({"fdatasync_4k_us_p50": 181.0}, 1),
                             ({"disk_mb_per_second": 300.0, "loopback_mb_per_second": 4000.0}, 2)):
            with self.subTest(end=end):
                self.assertEqual(len(machine.unsteady(begin, {**begin, **end})), changes)

    def test_the_file_system_of_a_path(self):
        self.assertEqual(machine.file_system("/proc"), "proc")


def figures(rate):
    return {"responses_per_second": rate, "mb_per_second": rate / 10, "bytes": 100, "batches": 1, "latency_us": LATENCY,
            "cpu_ns": {"total": rate}, **dict.fromkeys(run.READ_SIDE, 0)}


class Pairs(unittest.TestCase):
    SHAPE = {"questionnaire": "panel", "connections": 4, "batch": 1000}

    def bench(self, answer):
        """A bench whose runs are what `answer` gives for their number and kind."""
        bench = run.Bench(run.parse([]), ".")
        self.kinds = []

        def run_(kind, *_, **__):
            self.kinds.append((kind["transport"], kind["partitions"]))
            return answer(len(self.kinds), kind)
        bench.run = run_
        return bench

    def test_the_median_pair_counts(self):
        # Ratios 0.5, 0.2, 0.3: neither the fastest run nor the fastest null sink.
        pairs = [(figures(50), figures(100)), (figures(40), figures(200)), (figures(90), figures(300))]
        got = run.summary(self.SHAPE, {"transport": "tcp", "partitions": 1}, pairs)
        self.assertAlmostEqual(got["ratio"], 0.3)
        self.assertEqual(got["ratios"], [0.5, 0.2, 0.3])
        self.assertEqual((got["responses_per_second"], got["null_responses_per_second"]), (90, 300))

    def test_every_run_of_the_server_is_a_neighbour_of_its_null_sink(self):
        bench = self.bench(lambda number, kind: figures(1000 + number if kind["transport"] == "null" else number))
        results = bench.rounds(self.SHAPE)
        self.assertEqual(self.kinds, 3 * [("tcp", 1), ("null", 1), ("http", 1), ("tcp", 2), ("null", 1), ("http", 2)])
        for result, places in zip(results, ((1, 7, 13), (3, 9, 15), (4, 10, 16), (6, 12, 18))):
            nulls = [place + (1 if result["transport"] == "tcp" else -1) for place in places]
            self.assertEqual(result["ratios"], [place / (1000 + null) for place, null in zip(places, nulls)])

    def test_a_failed_run_costs_its_pairs_alone(self):
        def answer(number, kind):
            if number in (1, 8):  # the server over TCP, then the null sink of the second round
                raise processes.RunFailed("no room")
            return figures(100)
        bench = self.bench(answer)
        counts = {(r["transport"], r["partitions"]): len(r["ratios"]) for r in bench.rounds(self.SHAPE)}
        self.assertEqual(counts, {("tcp", 1): 1, ("http", 1): 2, ("tcp", 2): 3, ("http", 2): 3})
        self.assertEqual(len(bench.failures), 2)
        self.assertIn("tcp, partitions 1, panel, 4 connections, 1000 responses a batch: no room", bench.failures)

    def test_what_differs_in_one_thing_is_run_in_turn_and_the_median_counts(self):
        bench = self.bench(lambda number, _: figures({1: 30, 4: 10, 7: 20}.get(number, 99)))
        variants = [v for v in bench.variants() if v["set"] == "subscribers of the event stream"]
        self.assertEqual([(v["variant"], v["responses_per_second"]) for v in variants], [("0", 20), ("8", 99), ("200", 99)])
        self.assertEqual(self.kinds[9:15], 3 * [("tcp", 1), ("http", 1)])

    def test_small_responses_are_pushed_in_large_batches_by_every_number_of_connections(self):
        plan = run.Plan("full")
        small = [shape for shape in plan.shapes() if shape["questionnaire"] == "small"]
        self.assertEqual([(shape["connections"], shape["batch"]) for shape in small], [(1, 1000), (4, 1000), (16, 1000)])
        self.assertEqual({kind["partitions"] for kind in plan.reals(small[0])}, {1})
        self.assertEqual(len(plan.shapes()) - len(small), 6)

    def test_when_time_is_over_what_began_is_ended_and_the_rest_named(self):
        bench = self.bench(lambda *_: figures(100))
        bench.deadline = 0
        self.assertEqual([len(result["ratios"]) for result in bench.rounds(self.SHAPE)], [1, 1, 1, 1])
        self.assertEqual(bench.closed_loops({}), [])
        self.assertEqual(len(bench.missing), 1 + len(bench.plan.shapes()))


class Processes(unittest.TestCase):
    def test_calls_that_strace_counted(self):
        text = ("% time     seconds  usecs/call     calls    errors syscall\n"
                "------ ----------- ----------- --------- --------- ----------------\n"
                " 60.00    0.000060           2        30           fdatasync\n"
                " 40.00    0.000040           1        40        12 recvmsg\n"
                "------ ----------- ----------- --------- --------- ----------------\n"
                "100.00    0.000100           1        70        12 total\n")
        self.assertEqual(processes.syscalls(text), {"fdatasync": 30, "recvmsg": 40})

    def test_time_of_threads_of_one_name_is_added_up(self):
        before, after = {"io": 100}, {"io": 400, "writer": 1000}
        self.assertEqual(processes.cpu_per_response(before, after, 10), {"io": 30, "writer": 100})

    def test_this_process_has_threads_and_memory(self):
        self.assertGreater(sum(processes.cpu_by_thread(os.getpid()).values()), 0)
        self.assertGreater(processes.memory_mb(os.getpid())["peak"], 1)

    def test_a_program_that_takes_too_long_is_an_error(self):
        with self.assertRaisesRegex(processes.RunFailed, "longer than"):
            processes.run_json([sys.executable, "-c", "import signal; signal.pause()"], 0.2)

    def test_a_server_that_does_not_listen_is_an_error_with_its_words(self):
        with tempfile.TemporaryDirectory() as folder:
            served = processes.Served([sys.executable, "-c", "import sys; sys.exit('no such port')"], folder + "/data",
                                      folder + "/log")
            with self.assertRaisesRegex(processes.RunFailed, "no such port"):
                with served:
                    pass


class Fieldwork(unittest.TestCase):
    def test_is_scaled_with_all_counts_that_depend_on_it(self):
        text = fieldwork.scaled(fieldwork.QUESTIONNAIRES["panel"].with_suffix(".simulation.conf"), 415_000)
        for line in ("invited = 2000000", "respondents = 415000", "indicator = 403900", "barriers = 403900", "called_share = 40"):
            self.assertIn("\n" + line + "\n", text)


    def test_is_written_for_either_questionnaire_with_room_for_so_many_units(self):
        for name, population in (("panel", True), ("small", False)):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                options = fieldwork.write(name, 5000, 70_000, folder)
                self.assertEqual("--population" in options, population)
                self.assertIn("\nmax_respondents: 70000\n", (pathlib.Path(folder) / "wave.textproto").read_text())
                conf = (pathlib.Path(folder) / "simulation.conf").read_text()
                self.assertIn("\nrespondents = 5000\n", conf)
                # tools/bench-peers makes room for five units a respondent.
                self.assertLessEqual(int(re.search(r"^invited = (\d+)", conf, re.M).group(1)), 5 * 5000)


def sample(comm, *frames):
    return "\n".join([comm + " ", *(f"\t  55d0 {frame} (/bin/panelpuls)" for frame in frames)]) + "\n\n"


class Stages(unittest.TestCase):
    def test_a_sample_belongs_to_the_innermost_function_that_a_stage_names(self):
        for thread, frames, stage in (
                ("io stream", ["memset", "wire::PlainResponseDecoder::Decode", "server::Sink::OnEncodedResponse"],
                 "answers and categories"),
                ("io stream", ["panelpuls::wire::PlainResponseDecoder::ReadHead"], "id, channel, time"),
                ("io stream", ["copy", "tcp_recvmsg", "__x64_sys_recvfrom", "panelpuls::server::IoThread::Run"], "socket read"),
                ("io stream", ["something"], "session and the rest"),
                ("writer", ["memmove", "state::State::Impl::ApplyResponse", "engine::Partition::ApplyResponses"], "register"),
                ("writer", ["panelpuls::state::Contributor::Count", "panelpuls::state::State::Impl::ApplyResponse"], "cube"),
                ("writer", ["ext4_sync_file", "__x64_sys_fdatasync", "panelpuls::journal::Journal::Sync"], "journal: fdatasync"),
                ("writer", [], "hand-over and the rest")):
            with self.subTest(thread=thread, frames=frames):
                self.assertEqual(stages.stage_of(thread, frames), stage)

    def test_the_samples_of_a_thread_share_out_its_time(self):
        text = (3 * sample("io stream", "panelpuls::identity::Cipher") + sample("io stream", "x", "__x64_sys_recvfrom") +
                sample("writer 0", "panelpuls::state::Cube::Add") + sample("panelpuls", "main"))
        rows = {row[:2]: row[2] for row in stages.shared_out(text, {"io stream": 100.0, "writer": 60.0, "snapshot": 5.0})}
        self.assertEqual([rows["io stream", stage] for stage in ("pseudonym", "socket read", "records of a batch", None)],
                         [75, 25, 0, 100])
        self.assertEqual(rows["writer", "cube"], 60)
        self.assertEqual((rows["snapshot", None], rows["io http", None]), (5, 0))

    def test_a_report_has_a_column_for_each_questionnaire(self):
        figures = {"bytes": 800, "responses": 10, "responses_per_second": 2e6}
        rows = stages.shared_out(sample("io stream", "panelpuls::identity::Cipher"), {"io stream": 40.0})
        text = stages.report({"panel": (figures, rows), "small": (figures, rows)})
        self.assertIn("small: 80 bytes a response, 2,000,000 a second", text)
        self.assertRegex(text, r"\nio stream +40 +40\n")
        self.assertRegex(text, r"\n  pseudonym +40 +40\n")
        self.assertRegex(text, r"\nall +40 +40$")


class Comparison(unittest.TestCase):
    def setUp(self):
        self.then = made_run(result(rate=1e6), result("http", rate=5e5))
        self.now = made_run(result(rate=1.5e6, void="4 connections: too slow"), result(connections=16))

    def rows(self, text):
        return {tuple(line.split()[:5]): line for line in text.splitlines() if line.strip()[:4] in ("tcp ", "http")}

    def test_sets_the_same_shapes_side_by_side(self):
        text = tables.comparison(self.then, self.now)
        row = self.rows(text)["tcp", "panel", "4", "1000", "1"]
        self.assertIn("1,500,000", row)
        self.assertIn("1,000,000", row)
        self.assertIn("+50 %", row)
        self.assertIn("void", row)

    def test_names_what_one_run_has_alone(self):
        text = tables.comparison(self.then, self.now)
        self.assertIn("-", self.rows(text)["tcp", "panel", "16", "1000", "1"].split())
        self.assertIn("only then: panel, http 4 connections, batch 1000, partitions 1", text)

    def test_says_that_machines_differ_and_not_that_commits_do(self):
        other = copy.deepcopy(self.now)
        other["machine"]["commit"] = "def"
        self.assertNotIn("machines differ", tables.comparison(self.then, other))
        other["machine"]["cores"] = 4
        self.assertIn("machines differ", tables.comparison(self.then, other))

    def test_of_two_files_measures_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (("then", self.then), ("now", self.now)):
                (pathlib.Path(folder) / f"{name}.json").write_text(json.dumps(content))
            done = subprocess.run([run.ROOT / "tools/bench", "--quick", "--compare", "then.json", "now.json"], cwd=folder,
                                  text=True, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("+50 %", done.stdout)

    def test_needs_one_file_or_two(self):
        for arguments in (["--compare"], ["--compare", "a", "b", "c"], ["--unknown"], ["--output"]):
            with self.subTest(arguments=arguments):
                done = subprocess.run([run.ROOT / "tools/bench", *arguments], text=True, capture_output=True, timeout=60)
                self.assertEqual(done.returncode, 2)
                self.assertIn("usage:", done.stderr)

    def test_of_a_file_of_another_format_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "old.json"
            path.write_text('{"format": 0}')
            with self.assertRaisesRegex(SystemExit, "format 0"):
                run.read_run(path)

    def test_reads_a_run_from_before_there_were_small_responses(self):
        for result_ in self.then["results"]:
            del result_["questionnaire"]
        self.then["format"] = 2
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "old.json"
            path.write_text(json.dumps(self.then))
            rows = self.rows(tables.comparison(run.read_run(path), self.now))
            self.assertIn("1,000,000", rows["tcp", "panel", "4", "1000", "1"])

    def test_keeps_the_questionnaires_apart(self):
        small = {**result(rate=3e6), "questionnaire": "small"}
        rows = self.rows(tables.comparison(self.then, made_run(result(rate=1.5e6), small)))
        self.assertIn("+50 %", rows["tcp", "panel", "4", "1000", "1"])
        self.assertNotIn("%", rows["tcp", "small", "4", "1000", "1"])

    def test_a_report_says_what_is_void_what_is_missing_and_what_failed(self):
        self.now["missing"] = ["16 connections: out of time"]
        self.now["failures"] = ["tcp: HTTP 503"]
        self.now["limits_at_end"]["fdatasync_4k_us_p50"] = 4000.0
        text = tables.report(self.now)
        self.assertIn("VOID: 4 connections: too slow", text)
        self.assertIn("not measured: 16 connections: out of time", text)
        self.assertIn("FAILED: tcp: HTTP 503", text)
        self.assertIn("UNSTEADY: fdatasync of 4 KiB, us: 120 at the begin, 4,000 at the end", text)

    def test_a_report_says_where_the_reader_waits_for_processors_itself(self):
        self.assertNotIn("its own waits", tables.report(self.now))
        self.now["results"][-1]["read_side"]["reader_real_time"] = False
        self.assertIn("its own waits", tables.report(self.now))


if __name__ == "__main__":
    unittest.main()
