#!/usr/bin/env python3
"""Holds the source tree against its own rules. Each check is a function that returns findings.

usage: rooms.py ROOT            checks the tree at ROOT
       rooms.py --self-test     shows that each check can fail
       rooms.py --draw          prints the drawing that docs/ARCHITECTURE.md has
"""
import pathlib
import re
import sys
import tempfile

# Which rooms a room names; it may use all rooms that those may use (docs/ARCHITECTURE.md).
NAMED = {
    "base": [],
    "wave": ["base"],
    "identity": ["base"],
    "wire": ["wave"],
    "journal": ["base"],
    "state": ["wave"],
    "estimate": ["state"],
    "snapshot": ["estimate"],
    "archive": ["snapshot", "journal", "identity"],
    "engine": ["archive"],
    "offline": ["archive"],
    "embed": ["engine", "wire"],
    "report": ["snapshot"],
    "server": ["engine", "report", "wire"],
    "capacity": ["server"],
    "client": ["wire"],
    "sim": ["wave"],
    "cli": ["capacity", "offline", "client", "sim"],
}
# The same of the folders of a wide room. Files beside them (its facade) use all of them, and none of them uses those
# but options.h, which uses none.
SUB_ROOMS = {
    "estimate": {
        "numeric": [],
        "figures": [],
        "plan": ["figures", "numeric"],
        "weighting": ["plan"],
        "variance": ["weighting"],
        "comparison": ["variance"],
        "response": ["variance"],
    },
    "server": {
        "observation": [],
        "access": [],
        "page": [],
        "connection": ["observation"],
        "intake": ["connection"],
        "http": ["connection", "access"],
        "stream": ["intake", "access"],
        "handlers": ["http", "intake", "page"],
    },
}
# External headers that only some rooms may include.
CONFINED = {
    r"boost/(asio|beast)": {"server", "client", "cli"},
    r"(google/protobuf|panelpuls/v1)/": {"wave", "wire", "report"},
    r"prometheus/": {"server"},
    r"openssl/": {"identity", "wave"},
    r"CLI/": {"cli"},
}
PURE = {"state", "estimate", "snapshot", "report"}  # no thread, clock or I/O
IMPURE = re.compile(r'#include\s*[<"](thread|mutex|condition_variable|future|fstream|iostream|base/file\.h|base/queue\.h|spdlog/.*)[>"]')
INCLUDE = re.compile(r'^\s*#include\s*[<"]([^>"]+)[>"]', re.M)
MAX_LINES = 500


def sources(root):
    return sorted(p for p in (root / "src").rglob("*") if p.suffix in (".h", ".cc"))


def room_of(root, path):
    return path.relative_to(root / "src").parts[0]


def may_use(room, named=NAMED):
    seen = {room}
    waiting = [room]
    while waiting:
        for other in named.get(waiting.pop(), []):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def check_includes(root):
    for path in sources(root):
        room = room_of(root, path)
        if room not in NAMED:
            yield f"{path}: room '{room}' is not in the table of rooms"
            continue
        text = path.read_text()
        for header in INCLUDE.findall(text):
            first = header.split("/")[0]
            if first in NAMED and "/" in header and first not in may_use(room):
                yield f"{path}: {room} must not include \"{header}\""
            for pattern, rooms in CONFINED.items():
                if re.match(pattern, header) and room not in rooms:
                    yield f"{path}: <{header}> belongs to {', '.join(sorted(rooms))} only"
        if room in PURE and IMPURE.search(text):
            yield f"{path}: {room} is pure: {IMPURE.search(text).group(1)} has no place here"


def check_sub_rooms(root):
    """Includes between the folders of a wide room, as check_includes has those between rooms."""
    for room, named in SUB_ROOMS.items():
        options = root / "src" / room / "options.h"
        if options.exists() and f'#include "{room}/' in options.read_text():
            yield f"{options}: all of {room} may include it, so it must include nothing of {room}"
        for path in sources(root):
            parts = path.relative_to(root / "src").parts
            if parts[0] != room or len(parts) == 2:
                continue
            if parts[1] not in named:
                yield f"{path}: sub-room '{parts[1]}' is not in the table of sub-rooms"
                continue
            for header in INCLUDE.findall(path.read_text()):
                inner = header.split("/")
                if inner[0] != room:
                    continue
                if inner[1] == "options.h":
                    continue
                if len(inner) == 2:
                    yield f"{path}: {room}/{parts[1]} must not include its room's own \"{header}\""
                elif inner[1] not in may_use(parts[1], named):
                    yield f"{path}: {room}/{parts[1]} must not include \"{header}\""


def check_door(root):
    """What embedders include names the standard library and itself alone, and only its own folder is installed."""
    for path in sorted((root / "src/embed/include").rglob("*.h")):
        for header in INCLUDE.findall(path.read_text()):
            if not re.fullmatch(r"[a-z_]+|std(def|int)\.h", header):
                yield f"{path}: embedders have no \"{header}\""
    for file in [root / "cmake/PanelpulsLibrary.cmake", *sorted((root / "src").rglob("CMakeLists.txt"))]:
        if file.exists() and re.search(r"^\s*install\((?!TARGETS panelpuls\))", file.read_text(), re.M):
            yield f"{file}: rooms are not installed; see cmake/PanelpulsInstall.cmake"


def check_links(root):
    """pp::x in a room's CMakeLists.txt is an edge too."""
    for room in NAMED:
        for file in sorted((root / "src" / room).rglob("CMakeLists.txt")):
            for other in re.findall(r"pp::(\w+)", file.read_text()):
                if other in NAMED and other not in may_use(room):
                    yield f"{file}: {room} must not link pp::{other}"


def check_documented(root):
    """The table in docs/ARCHITECTURE.md is the table above."""
    text = (root / "docs" / "ARCHITECTURE.md").read_text()
    for room, named in NAMED.items():
        row = re.search(rf"^\| `{room}` \|[^|]*\|([^|]*)\|", text, re.M)
        if not row:
            yield f"docs/ARCHITECTURE.md: no row for room '{room}'"
        elif sorted(re.findall(r"`(\w+)`", row.group(1))) != sorted(named):
            yield f"docs/ARCHITECTURE.md: row '{room}' names other rooms than the check"
    if drawing() not in text:
        yield "docs/ARCHITECTURE.md: the drawing of the rooms is not what rooms.py --draw prints"


def layers(named):
    """Rooms by the longest way down, the lowest last."""
    height = {}
    for room in named:  # stands behind those that it names
        height[room] = 1 + max((height[other] for other in named[room]), default=-1)
    return [[room for room in named if height[room] == level] for level in range(max(height.values()), -1, -1)]


def drawing():
    """The rooms and sub-rooms as text: a room stands above all that it may use, with those it names."""
    lines = []
    for level in layers(NAMED):
        for room in level:
            lines.append(f"{room:<10}" + ("-> " + " ".join(NAMED[room]) if NAMED[room] else ""))
            for sub_level in layers(SUB_ROOMS.get(room, {})) if room in SUB_ROOMS else []:
                for sub in sub_level:
                    named = SUB_ROOMS[room][sub]
                    lines.append(f"  /{sub:<11}" + ("-> " + " ".join("/" + other for other in named) if named else ""))
        lines.append("")
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"


def check_targets(root):
    """Every source file stands in some CMakeLists.txt."""
    for top in ("src", "tests", "bench", "fuzz", "examples"):
        for path in sorted((root / top).rglob("*")) if (root / top).exists() else []:
            if path.suffix not in (".h", ".cc"):
                continue
            if top in ("tests", "bench", "fuzz") and path.suffix == ".h":
                continue
            listed = False
            folder = path.parent
            while folder != root.parent and not listed:
                file = folder / "CMakeLists.txt"
                if file.exists():
                    name = re.escape(str(path.relative_to(folder)))
                    listed = re.search(rf"(^|[\s(/]){name}($|[\s)])", file.read_text(), re.M) is not None
                folder = folder.parent
            if not listed and not any(path.name in f.read_text() for f in (root / "tests").rglob("*.sh")):
                yield f"{path}: is in no target"


ATOMIC = re.compile(r"^\s*(?:mutable\s+|static\s+|alignas\([^)]*\)\s*)*(?:std::)?atomic(?:<|_)[^;()]*[;{=]")


def check_atomics(root):
    """Every atomic says, in the comment above it, what it pairs with."""
    for path in sources(root):
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if not ATOMIC.match(line):
                continue
            above = number - 1
            comment = []
            while above >= 0 and (lines[above].lstrip().startswith("//") or ATOMIC.match(lines[above])):
                comment.append(lines[above])
                above -= 1
            if not any("pairs-with:" in c for c in comment):
                yield f"{path}:{number + 1}: atomic without a 'pairs-with:' comment"
    code = "\n".join(re.sub(r"//.*", "", path.read_text()) for path in sources(root))
    for path in sources(root):
        for partner in re.findall(r"pairs-with: ([\w:]+)", path.read_text()):
            name = partner.rstrip(":").split("::")[-1]
            if name not in ("itself", "nothing") and not re.search(rf"\b{name}\(", code):
                yield f"{path}: an atomic pairs with {partner}, which is no function of the tree"
    for path in sources(root):
        if "atomic_thread_fence" in path.read_text():
            yield f"{path}: stand-alone fence (invisible to the thread sanitizer)"


def check_sizes(root):
    for path in sources(root):
        lines = len(path.read_text().splitlines())
        if lines > MAX_LINES:
            yield f"{path}: {lines} lines; at most {MAX_LINES}"


def check_words(root):
    """Nothing unfinished, nothing switched off, no path of somebody's machine."""
    bad = re.compile(r"\b(TODO|FIXME|XXX|DISABLED_|GTEST_SKIP)\b|(?<![\w.])/(work|farm)/")
    for top in ("src", "proto", "tests", "bench", "fuzz", "examples", "tools", "docs", "waves", "cmake"):
        for path in sorted((root / top).rglob("*")) if (root / top).exists() else []:
            if path.name == "rooms.py" or not path.is_file() or path.suffix in (".png", ".pyc"):
                continue
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if bad.search(line):
                    yield f"{path}:{number}: {bad.search(line).group(0)}"


CHECKS = [check_includes, check_sub_rooms, check_door, check_links, check_documented, check_targets, check_atomics, check_sizes, check_words]


def self_test():
    """A tree with one fault for each check; every check must find its own."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for room in NAMED:
            (root / "src" / room).mkdir(parents=True)
        (root / "docs").mkdir()
        (root / "tests").mkdir()
        (root / "docs/ARCHITECTURE.md").write_text("| `base` | x | `wave` |\n")
        (root / "src/state/CMakeLists.txt").write_text("pp_library(state SRCS a.cc DEPS pp::engine)\n")
        (root / "src/state/a.cc").write_text(
            '#include "engine/engine.h"\n#include <thread>\n#include <boost/asio.hpp>\n'
            "std::atomic<int> naked{0};\n// pairs-with: Nobody (acquire)\nstd::atomic<int> odd{0};\n// TODO\n" + "int x;\n" * MAX_LINES)
        (root / "src/state/lost.cc").write_text("\n")
        for sub in ("numeric", "plan", "lost"):
            (root / "src/estimate" / sub).mkdir()
        (root / "src/estimate/numeric/a.cc").write_text('#include "estimate/plan/b.h"\n#include "estimate/all.h"\n')
        (root / "src/estimate/lost/a.cc").write_text("\n")
        (root / "src/embed/include").mkdir()
        (root / "src/embed/include/a.h").write_text("#include <string>\n#include <absl/status/status.h>\n")
        (root / "src/embed/CMakeLists.txt").write_text("install(TARGETS pp_embed)\n")
        (root / "src/estimate/options.h").write_text('#include "estimate/plan/b.h"\n')
        failed = [check.__name__ for check in CHECKS if not list(check(root))]
        if not any("pairs with Nobody" in f for f in check_atomics(root)):
            failed.append("check_atomics: a partner that is not there")
        wanted = ["must not include", "belongs to", "is pure"]
        found = list(check_includes(root))
        failed += [w for w in wanted if not any(w in f for f in found)]
        found = list(check_door(root))
        failed += [w for w in ("absl/status", "not installed") if not any(w in f for f in found)]
        wanted = ['must not include "estimate/plan', "room's own", "not in the table of sub-rooms", "must include nothing of"]
        found = list(check_sub_rooms(root))
        failed += [w for w in wanted if not any(w in f for f in found)]
    for name in failed:
        print(f"self-test: {name} finds nothing in a faulty tree")
    return 1 if failed else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if sys.argv[1:] == ["--draw"]:
        print(drawing(), end="")
        return 0
    root = pathlib.Path(sys.argv[1]).resolve()
    findings = [f for check in CHECKS for f in check(root)]
    for finding in findings:
        print(finding.replace(str(root) + "/", ""))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
