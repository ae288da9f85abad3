#!/usr/bin/env python3
"""kill -9 at random moments under load: what was acknowledged is there after the restart, once.

usage: kill_test.py BINARY [ROUNDS [SEED]]

Kills alone prove nothing about durability (written data survives them); the engine's tests beside this
one lose unsynced bytes. This one proves that the whole process, sockets included, keeps its word.
"""
import json
import os
import random
import sys
import tempfile
import threading

import harness


class Sender(threading.Thread):
    """Sends batches until the server goes away; remembers which were acknowledged."""

    def __init__(self, server, round_number, number, progressed):
        super().__init__()
        self.server, self.prefix, self.progressed = server, f"R{round_number}S{number}-", progressed
        self.acknowledged, self.uncertain = [], []

    def run(self):
        count = 0
        while True:
            units = [f"{self.prefix}{count + i}" for i in range(40)]
            count += len(units)
            try:
                status, _, body = self.server.post(harness.batch(*[harness.response(u) for u in units]), timeout=10)
            except OSError:
                self.uncertain += units
                return
            except Exception as error:  # http.client's own kinds of a broken connection
                if "http.client" not in type(error).__module__:
                    raise
                self.uncertain += units
                return
            answer = json.loads(body)
            assert status == 200 and answer["accepted"] == len(units), (status, answer)
            self.acknowledged += units
            self.progressed.set()


def main():
    binary = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    acknowledged, uncertain, torn = set(), set(), 0
    with tempfile.TemporaryDirectory(prefix="panelpuls-kill-") as folder:
        server = harness.Server(binary, harness.large_cases_wave(folder), os.path.join(folder, "data"))
        for round_number in range(rounds):
            server.start()
            torn += any("torn" in line for line in server.lines)
            before = server.snapshot()["collection"]["respondents"]
            assert len(acknowledged) <= before <= len(acknowledged | uncertain), (
                f"round {round_number}: {before} respondents, {len(acknowledged)} acknowledged, "
                f"{len(uncertain)} uncertain")
            progressed = threading.Event()
            senders = [Sender(server, round_number, i, progressed) for i in range(3)]
            for sender in senders:
                sender.start()
            if chance.random() < 0.8:
                progressed.wait(10)
            threading.Event().wait(chance.uniform(0, 0.15))  # a random moment, not a condition
            server.kill()
            for sender in senders:
                sender.join()
                acknowledged.update(sender.acknowledged)
                uncertain.update(sender.uncertain)
        server.start()
        units = sorted(acknowledged)
        for begin in range(0, len(units), 500):
            part = units[begin:begin + 500]
            status, _, body = server.post(harness.batch(*[harness.response(u) for u in part]))
            answer = json.loads(body)
            assert status == 200 and answer["duplicate"] == len(part), f"lost: {answer}"
        kept = 0
        for unit in sorted(uncertain):
            answer = json.loads(server.post(harness.batch(harness.response(unit)))[2])
            kept += answer["duplicate"]
            assert answer["duplicate"] + answer["accepted"] == 1, answer
        server.wait_for_respondents(len(acknowledged | uncertain))
        assert server.stop() == 0
    print(f"{rounds} kills: {len(acknowledged)} acknowledged, all there once; of {len(uncertain)} unacknowledged "
          f"{kept} had been kept; {torn} torn tails cut")


if __name__ == "__main__":
    main()
