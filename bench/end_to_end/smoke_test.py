#!/usr/bin/env python3
"""The whole benchmark once on tiny input, as real processes: that it gives all its figures, and that the null sink keeps
what it acknowledges.

usage: smoke_test.py BUILD_DIRECTORY"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import processes  # noqa: E402

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(sys.argv.pop(1))
TOOLS = BUILD / "bench/end_to_end"
IDS = [f"UNIT{number:04}" for number in range(300)]


def response_file(ids):
    """Responses with nothing but an id, varint-delimited; short enough for lengths of one byte."""
    return b"".join(bytes([len(unit) + 2, 0x0A, len(unit)]) + unit.encode() for unit in ids)


class NullSink(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(dir=BUILD)
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        (self.path / "responses.pb").write_bytes(response_file(IDS))

    def served(self):
        return processes.Served([TOOLS / "null_sink", "--data", self.path / "data"], self.path / "data", self.path / "log")

    def load(self, target, *more):
        return processes.run_json([TOOLS / "load", self.path / "responses.pb", "--target", target, *more], 60)

    def test_keeps_what_it_acknowledges(self):
        with self.served() as server:
            figures = self.load(server.targets["tcp"], "--connections", "3", "--batch", "7", "--responses", "650",
                                "--seconds", "20")
            kept = b"".join(path.read_bytes() for path in sorted(server.data.glob("*.segment")))
        self.assertGreaterEqual(figures["responses"], 650)
        self.assertLess(figures["seconds"], 20)
        self.assertEqual(figures["latency_us"]["count"], figures["batches"])
        self.assertEqual(kept.count(b"UNIT"), 0)  # each id carries the mark of its pass
        for mark in (b"000T", b"001T"):
            self.assertEqual(len({kept[place:place + 8] for place in all_places(kept, mark)}), len(IDS), mark)
        self.assertEqual(len(list(all_places(kept, b"T0"))), figures["responses"])

    def test_is_sent_to_at_a_rate(self):
        with self.served() as server:
            figures = self.load(server.targets["tcp"], "--connections", "2", "--batch", "5", "--rate", "2000", "--seconds", "0.5")
        self.assertEqual(figures["responses"] + figures["unsent"], 1000)
        self.assertLess(figures["unsent"], 1000)

    def test_says_why_a_run_is_worth_nothing(self):
        with self.served() as server:
            with self.assertRaisesRegex(processes.RunFailed, "no response"):
                (self.path / "responses.pb").write_bytes(b"")
                self.load(server.targets["tcp"])
        with self.assertRaisesRegex(processes.RunFailed, "cannot connect"):
            (self.path / "responses.pb").write_bytes(response_file(IDS))
            self.load(server.targets["tcp"])


def all_places(text, wanted):
    place = text.find(wanted)
    while place >= 0:
        yield place
        place = text.find(wanted, place + 1)


class WholeRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            output = pathlib.Path(folder) / "smoke.json"
            done = subprocess.run([sys.executable, HERE / "run.py", "--smoke", "--build", BUILD, "--directory", folder,
                                   "--output", output], text=True, capture_output=True, timeout=240)
            if done.returncode != 0:
                raise AssertionError(done.stderr)
            cls.run_, cls.table = json.loads(output.read_text()), done.stdout
            cls.left = [path.name for path in pathlib.Path(folder).iterdir()]

    def test_has_every_shape_with_every_figure(self):
        self.assertEqual({(r["questionnaire"], r["transport"], r["partitions"]) for r in self.run_["results"]},
                         {(name, transport, 2) for name in ("panel", "small") for transport in ("tcp", "http")})
        for result in self.run_["results"]:
            read = result["read_side"]
            with self.subTest(questionnaire=result["questionnaire"], transport=result["transport"]):
                self.assertEqual(result["batch_bytes"] < 100 * result["batch"], result["questionnaire"] == "small")
                self.assertGreater(result["responses"], 0)
                self.assertEqual(sum(result["results"].values()), result["responses"])
                self.assertGreater(result["results"]["accepted"], 0)
                self.assertGreater(result["ratio"], 0)
                self.assertLessEqual({"io http", "io stream", "writer", "snapshot", "total"}, set(result["cpu_ns"]))
                for name in ("snapshot_us", "conditional_us"):
                    self.assertGreater(read[name]["count"], 0, name)
                self.assertGreater(read["staleness_us"]["count"], 0)
                self.assertEqual(read["shown"], result["results"]["accepted"])
                self.assertGreater(read["sse_events"], 0)
                self.assertEqual(read["sse_lost"], 0)

    def test_has_limits_machine_and_loops(self):
        for figure in self.run_["limits"].values():
            self.assertGreater(figure, 0)
        self.assertGreater(self.run_["machine"]["cores"], 0)
        self.assertEqual([loop["transport"] for loop in self.run_["open_loop"]], 2 * ["tcp", "null", "http"])
        self.assertEqual(self.run_["failures"], [])
        variants = {(run["set"], run["variant"]): run for run in self.run_["variants"]}
        self.assertLessEqual({("one response in flight", "http"), ("one response in flight", "tcp"), ("CPUs of the server", "1"),
                              ("subscribers of the event stream", "0"), ("subscribers of the event stream", "3")}, set(variants))
        for subscribers in (0, 3):
            events = variants["subscribers of the event stream", str(subscribers)]["read_side"]["sse_events"]
            self.assertEqual(events > 0, subscribers > 0)
        self.assertIn("VOID" if self.run_["void"] else "ratio", self.table)

    def test_leaves_nothing_but_its_figures(self):
        self.assertEqual(self.left, ["smoke.json"])


if __name__ == "__main__":
    unittest.main()
