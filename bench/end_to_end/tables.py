"""What a run, or two of them, look like on a terminal. Pure: from the JSON to text."""
import machine


SHAPE = ["", "form", "conns", "batch", "parts"]


def key(result):
    return result["questionnaire"], result["transport"], result["connections"], result["batch"], result["partitions"]


def shape_cells(result):
    return [result["transport"], result["questionnaire"], str(result["connections"]), str(result["batch"]),
            str(result["partitions"])]


def aligned(header, rows):
    """Columns, each to the right."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def number(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def percent_change(old, new):
    return "-" if not old or new is None else f"{(new / old - 1) * 100:+.0f} %"


def machine_line(run):
    machine, limits = run["machine"], run["limits"]
    return (f"{machine['cpu']}, {machine['cores']} cores, {machine['system']} {machine['kernel']}, "
            f"{machine['file_system']}, commit {machine['commit']}; loopback {limits['loopback_mb_per_second']:,.0f} MB/s, "
            f"disk {limits['disk_mb_per_second']:,.0f} MB/s, fdatasync of 4 KiB {limits['fdatasync_4k_us_p50']:,.0f} us")


def ratio_text(result):
    return "void" if result["void"] else number(result["ratio"], 2)


def throughput(run):
    header = [*SHAPE, "responses/s", "MB/s", "null sink/s", "ratio", "CPU ns", "p50 us", "p99 us",
              "p99.9 us", "snapshot p99 us", "304 p99 us", "stale p99 ms", "RSS MB"]
    rows = []
    for result in run["results"]:
        latency, read = result["latency_us"], result["read_side"]
        rows.append([*shape_cells(result), number(result["responses_per_second"]), number(result["mb_per_second"]),
                     number(result["null_responses_per_second"]), ratio_text(result), number(result["cpu_ns"]["total"]),
                     number(latency["p50"]), number(latency["p99"]), number(latency["p99_9"]),
                     number(read["snapshot_us"]["p99"]), number(read["conditional_us"]["p99"]),
                     number(read["staleness_us"]["p99"] / 1e3, 1), number(result["memory_mb"]["resident"])])
    return aligned(header, rows)


def cpu(run):
    names = sorted({name for result in run["results"] for name in result["cpu_ns"]} - {"total"})
    header = [*SHAPE, *names, "total", "null sink", "client"]
    rows = [[*shape_cells(result), *(number(result["cpu_ns"].get(name)) for name in (*names, "total")),
             number(result["null_cpu_ns"]["total"]), number(result["client_cpu_ns"])] for result in run["results"]]
    return aligned(header, rows)


def open_loop(run):
    header = [*SHAPE, "rate/s", "sent/s", "p50 us", "p99 us", "p99.9 us", "max us", "snapshot p99 us", "stale p99 ms"]
    rows = []
    for result in run["open_loop"]:
        latency, read = result["latency_us"], result["read_side"]
        rows.append([*shape_cells(result), number(result["rate"]), number(result["responses_per_second"]),
                     number(latency["p50"]), number(latency["p99"]), number(latency["p99_9"]), number(latency["max"]),
                     number(read and read["snapshot_us"]["p99"]), number(read and read["staleness_us"]["p99"] / 1e3, 1)])
    return aligned(header, rows)


def variants(run):
    header = ["", "", "", "conns", "batch", "responses/s", "CPU ns", "p50 us", "p99 us", "snapshot p99 us", "stale p99 ms",
              "SSE MB/s", "SSE lost"]
    rows, title = [], None
    for result in run["variants"]:
        latency, read = result["latency_us"], result["read_side"]
        rows.append([result["set"] if result["set"] != title else "", result["variant"], result["transport"],
                     str(result["connections"]), str(result["batch"]), number(result["responses_per_second"]),
                     number(result["cpu_ns"]["total"]), number(latency["p50"]), number(latency["p99"]),
                     number(read["snapshot_us"]["p99"]), number(read["staleness_us"]["p99"] / 1e3, 1),
                     number(read["sse_bytes"] / result["seconds"] / 1e6), number(read["sse_lost"])])
        title = result["set"]
    return aligned(header, rows)


def syscalls(run):
    header = [*SHAPE, "calls a batch", "the most frequent, a batch"]
    rows = []
    for result in run["syscalls"]:
        most = sorted(result["by_name"].items(), key=lambda item: -item[1])[:6]
        rows.append([*shape_cells(result), number(result["a_batch"], 2),
                     ", ".join(f"{name} {count:.2f}" for name, count in most)])
    return aligned(header, rows)


def report(run):
    parts = [machine_line(run), "", throughput(run), "", "CPU ns a response, by thread:", cpu(run)]
    if run["open_loop"]:
        parts += ["", "Open loop, at half the rate above (the null sink at the same); latency from the intended time:",
                  open_loop(run)]
    if run["variants"]:
        parts += ["", "One thing varied, runs in turn, the median of each by responses/s:", variants(run)]
    if run["syscalls"]:
        parts += ["", "System calls of the server (strace):", syscalls(run)]
    reasons = list(dict.fromkeys(run["void"] + [r["void"] for r in run["results"] if r["void"]]))
    parts += [f"VOID: {reason}" for reason in reasons]
    parts += [f"UNSTEADY: {change}" for change in machine.unsteady(run["limits"], run["limits_at_end"])]
    if not all(result["read_side"]["reader_real_time"] for result in run["results"]):
        parts.append("The reader may not have real-time priority here: snapshot latencies hold its own waits for a processor.")
    parts += [f"not measured: {missing}" for missing in run["missing"]]
    parts += [f"FAILED: {failure}" for failure in run["failures"]]
    return "\n".join(parts)


def comparison(old, new):
    """Two runs side by side, by shape; a shape that only one has is named."""
    header = [*SHAPE, "responses/s", "then", "", "ratio", "then", "CPU ns", "then", "", "p99 us", "then", ""]
    before = {key(result): result for result in old["results"]}
    rows = []
    for result in new["results"]:
        then = before.pop(key(result), None)
        cells = shape_cells(result)
        if then is None:
            rows.append(cells + [number(result["responses_per_second"]), "-", "-", ratio_text(result), "-",
                                 number(result["cpu_ns"]["total"]), "-", "-", number(result["latency_us"]["p99"]), "-", "-"])
            continue
        cells += [number(result["responses_per_second"]), number(then["responses_per_second"]),
                  percent_change(then["responses_per_second"], result["responses_per_second"]),
                  ratio_text(result), ratio_text(then)]
        cells += [number(result["cpu_ns"]["total"]), number(then["cpu_ns"]["total"]),
                  percent_change(then["cpu_ns"]["total"], result["cpu_ns"]["total"])]
        cells += [number(result["latency_us"]["p99"]), number(then["latency_us"]["p99"]),
                  percent_change(then["latency_us"]["p99"], result["latency_us"]["p99"])]
        rows.append(cells)
    lines = ["now:  " + machine_line(new), "then: " + machine_line(old), "", aligned(header, rows)]
    if {k: v for k, v in old["machine"].items() if k != "commit"} != {
            k: v for k, v in new["machine"].items() if k != "commit"}:
        lines.append("The machines differ: compare the ratios alone.")
    for missing in before:
        lines.append("only then: {}, {} {} connections, batch {}, partitions {}".format(*missing))
    return "\n".join(lines)
