#!/usr/bin/env python3
"""Instructions a response by part, out of callgrind files of pipeline_bench: a column a file.

usage: instructions.py NAME=FILE...
"""
import collections
import re
import sys

RESPONSE = "panelpuls::wire::PlainResponseDecoder::Decode("
# Parts, indented under the one that holds them. Of the kernel's nothing is counted.
PARTS = (
    ("io thread: a batch's bytes to records", "panelpuls::server::Intake::Decode("),
    ("  a first look over the batch's fields", "panelpuls::wire::ProtobufBatchReader::Scan("),
    ("  bytes to record", RESPONSE),
    ("    id, channel, revision, time, status", "panelpuls::wire::PlainResponseDecoder::ReadHead("),
    ("      time", "panelpuls::wire::PlainResponseDecoder::ReadTime("),
    ("  ids gathered for their pseudonyms", "panelpuls::engine::BatchBuilder::AddResolvedResponse("),
    ("  pseudonyms", "panelpuls::identity::Pseudonymizer::Finish("),
    ("writer: records to the cube and the journal", "panelpuls::engine::Partition::ProcessWaiting("),
    ("  loads ahead", "panelpuls::state::State::LoadAhead("),
    ("  register and cube", "panelpuls::state::State::ApplyResponse("),
    ("    a new unit's place", "panelpuls::state::State::Impl::InsertUnit("),
    ("    case's standing", "panelpuls::state::State::Impl::MoveCase("),
    ("    cube", "panelpuls::state::Contributor::Count("),
    ("  journal", "panelpuls::journal::Journal::Append("),
    ("  verdicts", "panelpuls::engine::FillOutcome("),
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


def column(path):
    """Instructions a response of each part; how many responses there were."""
    with open(path, encoding="utf-8", errors="replace") as lines:
        found = calls(lines)
    responses, _ = of(found, RESPONSE)
    if responses == 0:
        sys.exit(f"{path}: no call of {RESPONSE}...); is it of pipeline_bench?")
    figures = []
    for _, begin in PARTS:
        count, instructions = of(found, begin)
        if count == 0:
            sys.exit(f"{path}: no call of {begin}...)")
        figures.append(instructions / responses)
    return figures, responses


def main():
    named = [argument.partition("=") for argument in sys.argv[1:]]
    if not named or not all(path for _, _, path in named):
        sys.exit(__doc__.strip().splitlines()[-1])
    columns = [column(path) for _, _, path in named]
    print("instructions a response, over " + ", ".join(f"{responses:,}" for _, responses in columns) + " responses")
    print(" " * 46 + "".join(f"{name:>8}" for name, _, _ in named))
    for row, (label, _) in enumerate(PARTS):
        print(f"{label:<46}" + "".join(f"{figures[row]:8.0f}" for figures, _ in columns))


if __name__ == "__main__":
    main()
