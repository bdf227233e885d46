"""A lunas that believes to sit at a terminal, for tests of the prompt.

Each test gets a session of its own, with a history and a folder of its own; what a terminal would do
with escape sequences is left out of what the session shows.
"""

import os
import re
import shutil
import signal
import tempfile
import time

import pexpect

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
LUNAS = os.path.join(ROOT, ".build", "release", "lunas")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[=>()][A-Z0-9]?|\r|\x07")
PATIENCE = 20


def listen_to_hangups():
    """Undoes what `nohup` leaves to its children: a session is to end with its terminal."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Session:
    """A session at a prompt, in a folder that is removed afterwards."""

    def __init__(self, folder=None, arguments=(), **environment):
        self.folder = folder or tempfile.mkdtemp(prefix="lunas-prompt-")
        self.owns_folder = folder is None
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("LUA_") and name not in ("NO_COLOR", "INPUTRC", "COLUMNS")
        }
        variables.update(
            TERM="xterm", LC_ALL="C.UTF-8", HOME=self.folder, INPUTRC="/dev/null",
            XDG_STATE_HOME=os.path.join(self.folder, "state"), NO_COLOR="1")
        variables.update({k: v for k, v in environment.items() if v is not None})
        for name, value in environment.items():
            if value is None:
                variables.pop(name, None)
        self.process = pexpect.spawn(
            LUNAS, list(arguments), env=variables, cwd=self.folder, encoding="utf-8",
            timeout=PATIENCE, dimensions=(40, 120), preexec_fn=listen_to_hangups)
        self.wait("> ")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.close(force=True)
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def history(self):
        return os.path.join(self.folder, "state", "lunas", "history")

    def wait(self, prompt="> "):
        """Everything up to the next prompt: one at the beginning of a line, after which nothing
        comes."""
        # What `expect` has read beyond what it was to find.
        shown, self.process.buffer = self.process.buffer, ""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                shown += self.process.read_nonblocking(65536, timeout=0.15)
            except pexpect.TIMEOUT:
                plain = ESCAPES.sub("", shown)
                if plain.endswith("\n" + prompt) or plain == prompt:
                    return plain[: -len(prompt)]
            except pexpect.EOF:
                break
        raise AssertionError(f"no prompt {prompt!r} in {shown!r}")

    def raw(self, keys, seconds=0.5):
        """What keys have shown after so long, escapes included."""
        self.process.send(keys)
        shown, deadline = "", time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                shown += self.process.read_nonblocking(65536, timeout=0.1)
            except pexpect.TIMEOUT:
                pass
        return shown

    def keys(self, keys, seconds=0.5):
        return ESCAPES.sub("", self.raw(keys, seconds))

    def run(self, line, prompt="> "):
        """Types a line and gives what is shown below it."""
        self.process.send(line + "\r")
        return self.wait(prompt).split("\n", 1)[-1]

    def paste(self, block):
        self.process.send("\x1b[200~" + block + "\x1b[201~")

    def complete(self, text):
        """The line after Tab, which is then given up."""
        shown = self.keys(text + "\t", 0.6)
        self.interrupt()
        self.wait()
        return shown.split("\n")[-1] if "\n" not in shown else shown

    def candidates(self, text):
        """The names that Tab, pressed twice, lists."""
        shown = self.keys(text + "\t\t", 0.8)
        self.interrupt()
        self.wait()
        return shown.split("\n", 1)[-1].split()

    def interrupt(self):
        """Ctrl-C, once what is typed has been read."""
        time.sleep(0.1)
        self.process.sendcontrol("c")

    def press(self, key):
        """One key at once, where `send` waits for a program that may not be reading yet."""
        os.write(self.process.child_fd, key.encode())

    def processor_seconds(self):
        """What the session has used of the processor so far, to a hundredth of a second."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def leave(self):
        self.process.sendcontrol("d")
        self.process.expect(pexpect.EOF)
        self.process.close()
        return self.process.exitstatus
