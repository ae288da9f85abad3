"""Makes the page of tools/coverage-report: tables and plots (SVG) of what coverage_study counted.

usage: coverage_page.py EQUAL.csv UNEQUAL.csv > report.html
"""

import csv
import html
import math
import sys

SHOWN = (60, 120, 250, 1000, 4000)
KINDS = ("equal", "unequal")
COLOURS = ("#0b7285", "#c2410c", "#7c3aed", "#6b7280")


class Row:
    """Sums of one figure at one number of respondents (n = 0: over all looks of a fieldwork)."""

    def __init__(self, fields):
        self.key = (fields["statistic"], fields["of"], fields["domain"])
        self.n = int(fields["n"])
        self.truth = float(fields["truth"])
        for name in ("fieldworks", "without_weights", "values", "intervals", "above", "below",
                     "normal_missed", "sequences", "sequence_missed"):
            setattr(self, name, int(fields[name]))
        for name in ("error", "error_square", "se", "se_interval", "width", "sequence_width", "n_effective"):
            setattr(self, name, float(fields[name]))

    def mean(self, name):
        return getattr(self, name) / self.intervals if self.intervals else math.nan

    @property
    def reportable(self):
        return self.intervals / self.fieldworks if self.fieldworks else math.nan

    @property
    def coverage(self):
        return 1 - (self.above + self.below) / self.intervals if self.intervals else math.nan

    @property
    def normal_coverage(self):
        return 1 - self.normal_missed / self.intervals if self.intervals else math.nan

    @property
    def sequence_coverage(self):
        return 1 - self.sequence_missed / self.sequences if self.sequences else math.nan

    @property
    def spread(self):
        if self.intervals < 2:
            return math.nan
        mean = self.error / self.intervals
        return math.sqrt(max(0.0, self.error_square / self.intervals - mean * mean))


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = [Row(fields) for fields in csv.DictReader(file)]
    return {(row.key, row.n): row for row in rows}


def number(value, digits=1, percent=False):
    if value is None or math.isnan(value):
        return "–"
    return f"{value * 100:.{digits}f} %" if percent else f"{value:.{digits}f}"


def table(head, rows, caption):
    cells = "".join(f"<th scope=col>{html.escape(text)}</th>" for text in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return (f"<table><caption>{html.escape(caption)}</caption><thead><tr>{cells}</tr></thead>"
            f"<tbody>{body}</tbody></table>")


def ticks(low, high):
    """Round numbers between two, four to eight of them."""
    size = 10.0 ** math.floor(math.log10((high - low) / 4))
    step = next(size * factor for factor in (1, 2, 5, 10) if (high - low) / (size * factor) <= 8)
    first = math.ceil(low / step)
    return [round(step * i, 10) for i in range(first, math.floor(high / step) + 1)]


def plot(title, lines, unit, band=None, zero=False):
    """lines: (name, [(n, value)]); x is logarithmic."""
    width, height, left, right, top, bottom = 640, 300, 56, 150, 34, 40
    points = [(n, v) for _, line in lines for n, v in line if not math.isnan(v)]
    if not points:
        return ""
    low = min(v for _, v in points)
    high = max(v for _, v in points)
    if band:
        low, high = min(low, band[0]), max(high, band[1])
    if zero:
        low, high = min(low, 0), max(high, 0)
    margin = (high - low) * 0.06 or 1
    low, high = low - margin, high + margin
    first, last = (math.log(edge(n for n, _ in points)) for edge in (min, max))

    def x(n):
        return left + (math.log(n) - first) / ((last - first) or 1) * (width - left - right)

    def y(value):
        return top + (high - value) / (high - low) * (height - top - bottom)

    out = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(title)}">',
           f'<text x="{left}" y="18" class="title">{html.escape(title)}</text>']
    if band:
        out.append(f'<rect x="{left}" width="{width - left - right}" y="{y(band[1]):.1f}" '
                   f'height="{y(band[0]) - y(band[1]):.1f}" class="band"/>')
    for value in ticks(low, high):
        text = f"{value * 100:g} %" if unit == "%" else f"{value:g}"
        out.append(f'<line x1="{left}" x2="{width - right}" y1="{y(value):.1f}" y2="{y(value):.1f}" class="grid"/>'
                   f'<text x="{left - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{text}</text>')
    for n in SHOWN:
        if math.exp(first) * 0.99 <= n <= math.exp(last) * 1.01:
            out.append(f'<text x="{x(n):.1f}" y="{height - 18}" text-anchor="middle">{n:,}</text>')
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 4}" text-anchor="middle">respondents</text>')
    ends = []
    for place, (name, line) in enumerate(lines):
        line = [(n, v) for n, v in line if not math.isnan(v)]
        if not line:
            continue
        colour = COLOURS[place % len(COLOURS)]
        path = " ".join(f"{x(n):.1f},{y(v):.1f}" for n, v in line)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        ends.append([y(line[-1][1]), name, colour])
    ends.sort()
    for i, (at, name, colour) in enumerate(ends):
        if i and at < ends[i - 1][0] + 14:
            at = ends[i][0] = ends[i - 1][0] + 14
        out.append(f'<text x="{width - right + 6}" y="{at + 4:.1f}" fill="{colour}">{html.escape(name)}</text>')
    out.append("</svg>")
    return "".join(out)


def class_of(key):
    """Figures that are alike: the indicator, its groups, its domains by dimension, other shares."""
    statistic, of, domain = key
    if statistic == "mean":
        return "indicator" if not domain else "indicator by " + domain.split("=")[0]
    kind = "group shares" if of.startswith("indicator/") else "shares of options"
    return kind if not domain else kind + " by " + domain.split("=")[0]


INDICATOR = ("mean", "indicator", "")


def indicator_section(studies):
    parts = []
    rows = []
    for kind in KINDS:
        for n in SHOWN:
            row = studies[kind].get((INDICATOR, n))
            if row is None:
                continue
            rows.append([kind, f"{n:,}", number(row.mean("n_effective"), 0), number(row.reportable, 1, True),
                         number(row.coverage, 1, True), number(row.normal_coverage, 1, True),
                         number(row.sequence_coverage, 1, True), number(row.mean("width"), 2),
                         number(row.sequence_width / row.sequences if row.sequences else math.nan, 2),
                         number(row.mean("error"), 2), number(row.spread, 2), number(row.mean("se"), 2),
                         number(row.mean("se_interval"), 2)])
    parts.append(table(["base weights", "n", "effective n", "reportable", "interval covers", "R's se and z",
                        "sequence covers", "half-width", "of sequence", "bias", "SD of estimates", "mean se",
                        "mean se*"], rows, "The indicator, over the fieldworks in which it was reportable"))
    for title, pick, unit, band, zero in (
            ("Coverage of the 95 % interval", lambda row: row.coverage, "%", (0.94, 0.96), False),
            ("Coverage with R's se and z", lambda row: row.normal_coverage, "%", (0.94, 0.96), False),
            ("Bias of the indicator, score points", lambda row: row.mean("error"), "", None, True),
            ("Mean se* over SD of the estimates",
             lambda row: row.mean("se_interval") / row.spread if row.spread else math.nan, "", (0.95, 1.05), False)):
        lines = [(f"{kind} weights",
                  [(n, pick(row)) for (key, n), row in sorted(study.items(), key=lambda item: item[0][1])
                   if key == INDICATOR and n > 0 and row.intervals >= row.fieldworks / 2])
                 for kind, study in studies.items()]
        parts.append(plot(title, lines, unit, band, zero))
    widths = []
    for name, pick in (("interval", lambda row: row.mean("width")),
                       ("sequence", lambda row: row.sequence_width / row.sequences if row.sequences else math.nan)):
        widths.append((name, [(n, pick(row)) for (key, n), row in
                              sorted(studies["equal"].items(), key=lambda item: item[0][1])
                              if key == INDICATOR and n >= 120]))
    parts.append(plot("Half-widths, equal weights, score points", widths, ""))
    return "".join(parts)


def class_section(studies):
    rows = []
    for kind, study in studies.items():
        classes = sorted({class_of(key) for key, _ in study})
        for name in classes:
            line = [kind, name]
            for n in SHOWN:
                members = [row for (key, at), row in study.items()
                           if at == n and class_of(key) == name and row.intervals >= 50]
                if not members:
                    line.append("–")
                    continue
                held = sum(row.intervals - row.above - row.below for row in members)
                mean = held / sum(row.intervals for row in members)
                low = min(row.coverage for row in members)
                line.append(f"{mean * 100:.1f} ({low * 100:.1f}; {len(members)})")
            rows.append(line)
    return table(["base weights", "figures"] + [f"n = {n:,}" for n in SHOWN], rows,
                 "Percent of intervals that hold the truth (the worst figure of the class; how many of its figures "
                 "were reportable in 50 fieldworks or more)")


def path_section(studies):
    rows = []
    for kind, study in studies.items():
        row = study.get((INDICATOR, 0))
        if row is None or not row.intervals:
            continue
        rows.append([kind, f"{row.intervals:,}", number(row.above / row.intervals, 1, True),
                     f"{row.sequences:,}", number(path_missed(row), 1, True)])
    return table(["base weights", "fieldworks", "fixed interval missed at least once",
                  "fieldworks with a sequence", "sequence missed at least once"], rows,
                 "Looking again and again: the indicator over all looks of a fieldwork")


def path_missed(row):
    return row.sequence_missed / row.sequences if row.sequences else math.nan


def listed(numbers):
    return ", ".join(f"{n:,}" for n in numbers)


def conclusions(studies):
    lines = []
    for kind, study in studies.items():
        looks = sorted(((n, row) for (key, n), row in study.items()
                        if key == INDICATOR and n > 0 and row.intervals >= row.fieldworks / 2))
        if not looks:
            continue
        error = 100 * 1.96 * math.sqrt(0.95 * 0.05 / looks[-1][1].intervals)
        short = [n for n, row in looks if row.coverage < 0.94]
        wide = [n for n, row in looks if row.coverage > 0.96]
        told = f"{kind} base weights, {looks[-1][1].fieldworks:,} fieldworks (simulation error ±{error:.1f} points): "
        if short:
            told += f"coverage of the indicator's interval is below 94 % at {len(short)} of {len(looks)} looks " \
                    f"(n = {listed(short)}; lowest " \
                    f"{100 * min(row.coverage for n, row in looks if row.coverage < 0.94):.1f} %). "
        else:
            told += f"coverage of the indicator's interval is nowhere below 94 % (from n = {looks[0][0]:,}). "
        if wide:
            told += f"It is above 96 % at {len(wide)} looks (n = {listed(wide)}). "
        path = study.get((INDICATOR, 0))
        if path and path.intervals and path.sequences:
            told += f"Over all looks the fixed interval missed at least once in {100 * path.above / path.intervals:.1f} % " \
                    f"of the fieldworks, the sequence in {100 * path_missed(path):.1f} %."
        lines.append(f"<li>{html.escape(told)}</li>")
    return "<ul>" + "".join(lines) + "</ul>"


STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1f2937;background:#fff}
table{border-collapse:collapse;margin:1.5rem 0;font-size:.85rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.4rem 0}th,td{padding:.3rem .6rem;border-bottom:1px solid #e5e7eb;text-align:right}
th:first-child,td:first-child,td:nth-child(2){text-align:left}svg{width:100%;max-width:640px;display:block;margin:1.5rem 0}
svg text{font:12px system-ui,sans-serif;fill:currentColor}svg .title{font-weight:600;font-size:14px}
.grid{stroke:#e5e7eb}.band{fill:#0b728522}"""


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    studies = dict(zip(KINDS, (read(path) for path in sys.argv[1:])))
    fieldworks = max(row.fieldworks for row in studies["equal"].values())
    print(f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Coverage of the running figures</title>
<style>{STYLE}</style><h1>Do the intervals hold what they say?</h1>
<p>{fieldworks:,} simulated fieldworks of Virksomhedspanelet with equal base weights and as many with unequal ones, each
estimated again and again as its respondents come in and held against the truth of the simulated population. An interval counts
only where the figure is reportable. Everything here is simulated.</p>
<h2>What to conclude</h2>{conclusions(studies)}
<h2>The indicator</h2>{indicator_section(studies)}
<h2>Every look at once</h2>{path_section(studies)}
<h2>The other figures</h2>{class_section(studies)}
<p>Made by <code>tools/coverage-report</code>.</p></html>""")


if __name__ == "__main__":
    main()
