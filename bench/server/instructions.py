#!/usr/bin/env python3
"""Instructions a response by part, out of a callgrind file of pipeline_bench.

usage: instructions.py FILE
"""
import collections
import re
import sys

RESPONSE = "panelpuls::wire::PlainResponseDecoder::Decode("
# Parts, indented under the one that holds them.
PARTS = (
    ("io thread: a batch's bytes to records", "panelpuls::server::Intake::Decode("),
    ("  bytes to record", RESPONSE),
    ("  pseudonyms", "panelpuls::identity::Pseudonymizer::Finish("),
    ("writer: records to the cube and the journal", "panelpuls::engine::Partition::ProcessWaiting("),
    ("  register and cube", "panelpuls::state::State::ApplyResponse("),
    ("    cube", "panelpuls::state::Contributor::Count("),
    ("  journal", "panelpuls::journal::Journal::Append("),
)


def calls(lines):
    """Function -> [calls, instructions in them and below]; callgrind gives a name once, then its number."""
    names = {}
    found = collections.defaultdict(lambda: [0, 0])
    callee = None
    counted = False
    for line in lines:
        if line.startswith("cfn="):
            number, name = re.match(r"cfn=\((\d+)\)(?: (.*))?$", line.rstrip("\n")).groups()
            if name is not None:
                names[number] = name
            callee = number
        elif line.startswith("fn="):
            number, name = re.match(r"fn=\((\d+)\)(?: (.*))?$", line.rstrip("\n")).groups()
            if name is not None:
                names[number] = name
        elif line.startswith("calls="):
            found[callee][0] += int(line[len("calls="):].split()[0])
            counted = True
        elif counted:
            found[callee][1] += int(line.split()[1])
            counted = False
    return {names[number]: figures for number, figures in found.items()}


def of(found, begin):
    """Sums over the functions whose name begins so: a name stands once for each file of the program."""
    matching = [figures for name, figures in found.items() if name.startswith(begin)]
    return sum(figures[0] for figures in matching), sum(figures[1] for figures in matching)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip().splitlines()[-1])
    with open(sys.argv[1], encoding="utf-8", errors="replace") as lines:
        found = calls(lines)
    responses, _ = of(found, RESPONSE)
    if responses == 0:
        sys.exit(f"{sys.argv[1]}: no call of {RESPONSE}...); is it of pipeline_bench?")
    print(f"instructions a response, over {responses:,} responses")
    for label, begin in PARTS:
        count, instructions = of(found, begin)
        if count == 0:
            sys.exit(f"{sys.argv[1]}: no call of {begin}...)")
        print(f"{label:<46} {instructions / responses:7.0f}")


if __name__ == "__main__":
    main()
