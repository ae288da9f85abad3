#!/usr/bin/env python3
"""The two questionnaires that benchmarks push, with room for more units and as many more answers.

usage: fieldwork.py panel|small RESPONDENTS UNITS FOLDER

panel: the business panel's wave with all its tables, about 510 bytes a response; small: two answers and four categories,
about 80. Writes wave.textproto and simulation.conf into the folder, and prints the options that name the definition."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
QUESTIONNAIRES = {"panel": ROOT / "waves/virksomhedspanel-2025-efteraar", "small": ROOT / "bench/waves/small"}


def replaced_once(text, pattern, replacement):
    text, count = re.subn(pattern, replacement, text, flags=re.M)
    if count != 1:
        raise SystemExit(f"{count} lines match {pattern}, one is needed")
    return text


def scaled(path, respondents):
    """The simulation's parameters with so many respondents, as many of a hundred answering each question as before."""
    text = path.read_text()
    factor = respondents / int(re.search(r"^respondents = (\d+)", text, re.M).group(1))

    def times_factor(match):
        return f"{match.group(1)} = {round(int(match.group(2)) * factor)}"

    text = replaced_once(text, r"^(invited) = (\d+)", times_factor)
    text = replaced_once(text, r"^(respondents) = (\d+)", times_factor)
    if not re.search(r"^\[valid\]", text, re.M):
        return text  # each question by a share
    return replaced_once(text, r"^\[valid\].*\n(?:\w+ = \d+\n)+",
                         lambda section: re.sub(r"^(\w+) = (\d+)", times_factor, section.group(0), flags=re.M))


def write(questionnaire, respondents, units, folder):
    """Options of the program that name the definition; `--parameters` is folder / simulation.conf."""
    source, folder = QUESTIONNAIRES[questionnaire], pathlib.Path(folder)
    wave = folder / "wave.textproto"
    wave.write_text(replaced_once(source.with_suffix(".textproto").read_text(), r"^max_respondents: \d+",
                                  f"max_respondents: {units}"))
    (folder / "simulation.conf").write_text(scaled(source.with_suffix(".simulation.conf"), respondents))
    population = source.with_suffix(".population.csv")
    return ["--wave", str(wave), *(["--population", str(population)] if population.exists() else [])]


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] not in QUESTIONNAIRES:
        sys.exit(__doc__.strip())
    print("\n".join(write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
