#!/usr/bin/env python3
"""The clients that send chunked bodies: curl, Node and Python as they come. usage: clients_test.py BINARY"""
import os
import re
import subprocess
import sys

import harness

FOLDER = os.path.join(os.path.dirname(__file__), "../testdata/cases/11")


def main():
    with harness.Server(sys.argv[1], harness.CASES_WAVE) as server:
        out = subprocess.run(["bash", "clients.sh"], cwd=FOLDER, text=True, capture_output=True, timeout=60, check=True,
                             env={**os.environ, "U": server.http + "/v1/responses", "T": "t", "NO_PROXY": "*", "no_proxy": "*"})
        print(out.stdout, out.stderr, sep="")
        lines = [line for line in out.stdout.splitlines() if line.strip()]
        assert len(lines) == 6, "a client said nothing"
        for line in lines:
            assert line.split()[-1] == "200" or line.split()[-2] == "200", line
        assert server.wait_for_respondents(1)
        # Duplicates change no figure, so only the metrics tell of them at once.
        metrics = server.get("/metrics")[2].decode()
        for expected in ('{result="accepted"} 1', '{result="duplicate"} 5', '{result="rejected"} 0'):
            assert "panelpuls_records_total" + expected in metrics, metrics


if __name__ == "__main__":
    main()
