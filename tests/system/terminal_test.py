"""Figures as somebody reads them on a terminal of a few columns: no line is longer. usage: terminal_test.py BINARY"""
import fcntl
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios

WAVE = "waves/virksomhedspanel-2025-efteraar.textproto"


def lines_on_a_terminal(command, columns):
    own, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(command, stdout=terminal)
    os.close(terminal)
    text = b""
    while True:
        try:
            part = os.read(own, 65536)
        except OSError:  # what the last one to close it leaves
            part = b""
        if not part:
            break
        text += part
    os.close(own)
    assert process.wait(timeout=60) == 0
    return text.decode().replace("\r\n", "\n").splitlines()


def main(binary):
    with tempfile.TemporaryDirectory(prefix="panelpuls-terminal-") as folder:
        responses = folder + "/responses.csv"
        subprocess.run([binary, "simulate", "--wave", WAVE, "--output", responses], check=True, stdout=subprocess.DEVNULL, timeout=60)
        for columns in (72, 80, 132):
            lines = lines_on_a_terminal([binary, "estimate", "--wave", WAVE, responses], columns)
            longest = max(lines, key=len)
            assert len(lines) > 100 and len(longest) <= columns, (columns, len(longest), longest)
            assert any(" mod " in line for line in lines), "no pairs, so nothing was tried"
    print("figures fit the terminal")


if __name__ == "__main__":
    main(sys.argv[1])
