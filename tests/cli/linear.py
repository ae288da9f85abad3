#!/usr/bin/env python3
"""Reading a file takes work in proportion to its length, whatever its shape: instructions of a run on n things
and on 2n, counted by callgrind, so that the machine's load does not matter.

usage: linear.py PANELPULS WAVE     ends with 77 where there is no valgrind
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

# Twice the input takes twice the instructions; four times are quadratic.
MOST = 2.4
HEADER = "respondent_id,revenue,employees"
ROW = "A1,up,same"


# Each gives a file and a codebook with n things of a kind.
def columns(n):
    return HEADER + "".join(f",c{i}" for i in range(n)) + "\n" + ROW + "," * n + "\n", ""


def column_twice(n):
    return HEADER + "".join(f",c{i}" for i in range(n)) + ",c0\n", ""


def rows(n):
    return HEADER + "\n" + f"{ROW}\n" * n, ""


def bytes_of_a_field(n):
    return HEADER + "\n" + f'A1,"{"up" * n}",same\n', ""


def options_of_a_field(n):
    return HEADER + "\nA1," + "|".join(["up"] * n) + ",same\n", ""


def rows_behind_an_open_quote(n):
    return HEADER + '\n"A1,up,same\n' + f"{ROW}\n" * n, ""


def refused_rows(n):
    return HEADER + "\n" + "A1,upp,same\n" * n, ""


def values(n):
    return f"{HEADER}\n{ROW}\n", "".join(f"value revenue up = {i}\n" for i in range(n))


def ranges(n):
    book = "".join(f"range revenue up = {i}..{i + 1}\n" for i in range(n))
    return HEADER + "\n" + f"A1,{n - 1},same\n" * n, book


def ranges_downwards(n):
    return f"{HEADER}\n{ROW}\n", "".join(f"range revenue up = {i}..{i + 1}\n" for i in range(n, 0, -1))


def option_columns(n):
    return f"{HEADER}\n{ROW}\n", "".join(f"option revenue o{i} = c{i}\n" for i in range(n))


SHAPES = [(columns, 8000), (column_twice, 8000), (rows, 3000), (bytes_of_a_field, 200_000), (options_of_a_field, 8000),
          (rows_behind_an_open_quote, 20_000), (refused_rows, 800), (values, 8000), (ranges, 3000), (ranges_downwards, 8000),
          (option_columns, 8000)]


def instructions(program, wave, folder, shape, n):
    text, book = shape(n)
    file, codebook = os.path.join(folder, "r.csv"), os.path.join(folder, "book")
    for path, content in ((file, text), (codebook, book)):
        with open(path, "w") as out:
            out.write(content)
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "estimate", "--wave", wave,
                           "--format", "csv", "--codebook", codebook, file], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    counted = re.search(rb"Collected : (\d+)", done.stderr)
    if done.returncode not in (0, 1, 3) or not counted:
        sys.exit(f"{shape.__name__} {n}: {done.stderr.decode(errors='replace')[-2000:]}")
    return int(counted.group(1))


def main():
    if shutil.which("valgrind") is None:
        sys.exit(77)
    program, wave = sys.argv[1:3]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        # Valgrind of Debian 12 does not read the debug information of clang 19.
        stripped = os.path.join(folder, "panelpuls")
        subprocess.run(["objcopy", "--strip-debug", program, stripped], check=True)
        for shape, n in SHAPES:
            # What is refused early does not do what follows for others, so each has a start of its own.
            start = instructions(stripped, wave, folder, shape, 1)
            once, twice = (instructions(stripped, wave, folder, shape, count) - start for count in (n, 2 * n))
            right = twice <= MOST * once
            bad += not right
            print(f"{'ok' if right else 'BAD':4}{shape.__name__:26}{n:>8} {once:>14,} {2 * n:>8} {twice:>14,}  x {twice / once:.2f}",
                  flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
