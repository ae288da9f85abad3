#!/usr/bin/env python3
"""The definition changes while the fieldwork runs, and the server dies by kill -9 each time: everybody is still there, by the
same ids, under the new definition, and who asks is told what changed since when.

usage: changes_test.py BINARY
"""
import glob
import json
import os
import stat
import subprocess
import sys
import tempfile

import harness

SMS = "channels { code: \"sms\" }\n"
CODE_SAME = "options { code: \"same\" label { da: \"Uændret\" en: \"Same\" } }"


def replaced(text, old, new):
    assert old in text, old
    return text.replace(old, new, 1)


def steps(text):
    """Name, definition, and a response that only it takes."""
    yield "first", text, harness.response("first")
    text = replaced(text, "fieldwork_end: \"2027-12-31\"", "fieldwork_end: \"2028-01-14\"")
    yield "prolonged", text, harness.response("prolonged")
    text = replaced(text, "max_respondents: 10000\n", SMS + "max_respondents: 10000\n")
    yield "channel", text, harness.response("channel", channel="sms")
    old = CODE_SAME + "\n  options { code: \"down\" label { da: \"Faldende\" en: \"Down\" } }\n}\nquestions"
    text = replaced(text, old, old.replace("\n}\n", "\n  options { code: \"unsure\" missing: true }\n}\n"))
    yield "option", text, harness.response("option", revenue="unsure")
    text = replaced(text, "indicator {", "questions { id: \"export\" options { code: \"yes\" } options { code: \"no\" } }\nindicator {")
    response = harness.response("question")
    response["answers"].append({"question": "export", "options": ["no"]})
    yield "question", text, response
    text = replaced(text, "score: 50 ", "score: 60 ") if "score: 50 " in text else replaced(text, "score: 50\n", "score: 60\n")
    yield "score", text, harness.response("score")


def refused(text):
    """Name, definition, what the refusal names."""
    yield "option removed", replaced(text, " options { code: \"no\" }", ""), "holds option \"no\" of question \"export\""
    eboks, cati = (line + "\n" for line in text.splitlines() if line.startswith("channels { code: \"eboks\"") or line.startswith("channels { code: \"cati\""))
    yield "channels swapped", replaced(text, eboks + cati, cati + eboks), "channel \"eboks\" stands at another place"
    yield "fewer respondents", replaced(text, "max_respondents: 10000", "max_respondents: 10"), "may only grow"
    yield "channel removed", replaced(text, SMS, ""), "holds channel \"sms\""
    yield "weights per unit", text + "design { base_weights: BASE_WEIGHTS_PER_UNIT }\n", "base_weights"


def check_refused(binary, folder, data, text):
    for name, edited, named in refused(text):
        path = os.path.join(folder, "refused.textproto")
        with open(path, "w") as file:
            file.write(edited)
        for command in (["check-wave", path, "--against", data], ["serve", "--wave", path, "--data", data, "--http-port", "0", "--tcp-port", "0"]):
            done = subprocess.run([binary, *command], capture_output=True, text=True, timeout=60)
            assert done.returncode == 1, (name, done.returncode, done.stdout, done.stderr)
            assert named is None or named in done.stderr, (name, done.stderr)


def main():
    binary = sys.argv[1]
    text = open(harness.CASES_WAVE).read()
    with tempfile.TemporaryDirectory(prefix="panelpuls-changes-") as folder:
        wave, data = os.path.join(folder, "wave.textproto"), os.path.join(folder, "data")
        server = harness.Server(binary, wave, data)
        sent, lines = [], []
        for number, (name, text, response) in enumerate(steps(text)):
            with open(wave, "w") as file:
                file.write(text)
            if number:
                done = subprocess.run([binary, "check-wave", wave, "--against", data], capture_output=True, text=True, timeout=60)
                assert done.returncode == 0 and f"the next start takes it; {number} respondents" in done.stdout, (name, done)
            server.start()
            assert server.snapshot()["collection"]["respondents"] == number, name
            for unit in sent:  # the same ids are the same units
                answer = json.loads(server.post(harness.batch(unit))[2])
                assert answer["duplicate"] == 1, (name, unit, answer)
            answer = json.loads(server.post(harness.batch(response))[2])
            assert answer["accepted"] == 1, (name, answer)
            sent.append(response)
            server.wait_for_respondents(number + 1)
            told = json.loads(server.get("/v1/wave")[2])["definitions"]
            assert len(told) == number + 1 and all(version["since"] for version in told), (name, told)
            assert not number or told[-1]["changes"], (name, told)
            lines += server.lines
            server.kill()
        assert any("questions[export]: added at the end" in line for line in lines), lines
        check_refused(binary, folder, data, text)
        kept = sorted(glob.glob(data + "/definitions/*.textproto"))
        assert len(kept) == len(sent), kept
        for path in kept:
            assert stat.S_IMODE(os.stat(path).st_mode) == 0o600, path
            assert subprocess.run([binary, "check-wave", path], capture_output=True, timeout=60).returncode == 0, path
        assert open(kept[-1]).read().endswith(text)
        for command in (["verify", "--data", data], ["export", "responses", "--data", data], ["replay", "--data", data]):
            done = subprocess.run([binary, *command], capture_output=True, text=True, timeout=60)
            assert done.returncode in (0, 6), (command, done)
        server.start()
        server.wait_for_respondents(len(sent))
        assert server.stop() == 0
    print(f"{len(sent)} definitions, a kill after each: {len(sent)} respondents, all there once")


if __name__ == "__main__":
    main()
