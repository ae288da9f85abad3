"""The commands of the README, as they stand there and in their order, from the root of a clone; only the ports are others, since
these may be taken. usage: readme_test.py BINARY"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def commands(readme):
    """The indented lines of the section without their comments, joined where a quoted text goes on."""
    section = readme.split("## Use it\n")[1].split("\n## ")[0]
    lines = [re.sub(r"\s+# .*", "", line[4:]) for line in section.splitlines() if line.startswith("    ")]
    joined, open_text = [], ""
    for line in lines:
        open_text += ("\n" if open_text else "") + line
        if open_text.count("'") % 2 == 0:
            joined.append(open_text)
            open_text = ""
    assert not open_text, open_text
    return joined


class Clone:
    """What a clone holds, by links, so that what the commands write is thrown away."""

    def __init__(self, folder, binary):
        self.folder = pathlib.Path(folder)
        for entry in ROOT.iterdir():
            if entry.name not in ("build", "data"):
                (self.folder / entry.name).symlink_to(entry)
        commands_folder = self.folder / "build/release/src/cli"
        commands_folder.mkdir(parents=True)
        (commands_folder / "panelpuls").symlink_to(binary)
        self.assignments = []
        self.server = None

    def run(self, command):
        print("$ " + command, flush=True)
        if re.match(r"\w+=", command):  # both terminals begin with these
            self.assignments.append(command)
        elif command.startswith("panelpuls serve "):
            self.serve(command)
        else:
            self.finish(command)

    def script(self, command):
        return ["bash", "-c", "set -eu\n" + "\n".join(self.assignments) + "\n" + command]

    def serve(self, command):
        command += " --http-port 0 --tcp-port 0"
        self.server = subprocess.Popen(self.script("exec " + command), cwd=self.folder, stdout=subprocess.PIPE, text=True,
                                       stderr=subprocess.DEVNULL)
        page = None
        for line in self.server.stdout:
            found = re.match(r"listening http=\S+:(\d+) tcp=\S+:(\d+)$", line)
            if found:
                self.http, self.tcp = found.groups()
            page = page or re.match(r"page (http://\S+/)$", line)
            if page:
                break
        assert page and page.group(1) == f"http://127.0.0.1:{self.http}/", page

    def finish(self, command):
        if self.server:
            command = command.replace(":8080", f":{self.http}").replace(":8081", f":{self.tcp}")
        done = subprocess.run(self.script(command), cwd=self.folder, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, (command, done.returncode, done.stdout[-2000:], done.stderr)
        assert done.stdout or done.stderr or "-o " in command, command + " says nothing"
        self.said = {**getattr(self, "said", {}), command: done.stdout}

    def end(self):
        if self.server:
            self.server.send_signal(signal.SIGINT)
            assert self.server.wait(timeout=30) == 0, self.server.returncode
            self.server.stdout.close()


def main(binary):
    with tempfile.TemporaryDirectory(prefix="panelpuls-readme-") as folder:
        clone = Clone(folder, os.path.abspath(binary))
        try:
            for command in commands((ROOT / "README.md").read_text()):
                clone.run(command)
        finally:
            clone.end()
        # The page's and the journal's figures are those of all that was pushed.
        replayed = next(text for command, text in clone.said.items() if command.startswith("panelpuls replay"))
        assert re.search(r"^Svar: [34]\.\d{3} ", replayed, re.MULTILINE), replayed[:500]
        answered = next(text for command, text in clone.said.items() if "/v1/responses" in command)
        assert '"accepted"' in answered, answered
        exported = (pathlib.Path(folder) / "respondents.csv").read_text().splitlines()
        assert len(exported) > 3000, len(exported)
    print("the README's commands work in their order")


if __name__ == "__main__":
    main(sys.argv[1])
