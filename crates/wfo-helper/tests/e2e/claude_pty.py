"""Drives the real interactive client in a pseudo-terminal, with a person who answers.

`play` starts the client, passes its first-run dialogs, types each of the scenario's
prompts, answers every permission question with the next of `answers` ("yes" or "no"),
waits for the end of the turn, leaves, and returns the record that verdict.py judges.
The welcome dialog alone is skipped by a seeded setting: it wants the internet.
"""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from terminal_screen import Screen

ROWS, COLUMNS = 50, 200
TICK = 0.05         # seconds between two looks at the screen
UP, DOWN, ENTER, CTRL_C, CLEAR = b"\x1b[A", b"\x1b[B", b"\r", b"\x03", b"\x15"
SEED = {"hasCompletedOnboarding": True, "theme": "dark"}

# First-run dialogs: what names one, and the option to take (None: just Enter).
DIALOGS = (
    (r"trust this folder", r"Yes, I trust"),
    (r"Adding a new directory", r"Yes, add it"),
    (r"Do you want to use this API key", r"Yes\s*$"),
    (r"Yes, I accept", r"Yes, I accept"),
    (r"Choose the text style|Press Enter to continue", None),
)
READY = r"\? for shortcuts|shift\+tab to cycle|for agents"
QUESTION = r"❯ 1\. Yes"
# A panel with the changed files may stand to the right.
OPTIONS = {"yes": r"\d\. Yes\s*(?:│|$)", "no": r"\d\. No\b"}
INTERRUPTED = r"Interrupted"


class Terminal:
    """A client process on a pseudo-terminal and the screen it draws."""

    def __init__(self, command, cwd, environment):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            command, cwd=str(cwd), env=environment, stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(theirs)
        self.ours = ours
        self.screen = Screen(ROWS, COLUMNS)
        self.alive = True

    def pump(self, seconds):
        """Takes in what the client draws during that time."""
        end = time.monotonic() + seconds
        while self.alive and time.monotonic() < end:
            ready, _, _ = select.select([self.ours], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                return
            try:
                data = os.read(self.ours, 65536)
            except OSError:             # the client closed its end
                data = b""
            if not data:
                self.alive = False
                return
            self.screen.feed(data)

    def settle(self, quiet=0.4, limit=20.0):
        """Waits until the screen has not changed for `quiet` seconds."""
        began = changed = time.monotonic()
        before = self.screen.text()
        while self.alive and time.monotonic() < min(changed + quiet, began + limit):
            self.pump(TICK)
            if self.screen.text() != before:
                before, changed = self.screen.text(), time.monotonic()

    def wait(self, condition, limit):
        """Polls until the condition holds; whether it did."""
        end = time.monotonic() + limit
        while self.alive and time.monotonic() < end:
            if condition():
                return True
            self.pump(TICK)
        return condition()

    def sees(self, pattern):
        """Whether a line of the screen matches."""
        return any(re.search(pattern, line) for line in self.screen.text().splitlines())

    def press(self, keys):
        """Sends keys to the client."""
        if self.alive:
            os.write(self.ours, keys)

    def choose(self, option):
        """Moves the mark of a list to the line that matches, and takes it."""
        for _ in range(8):
            lines = self.screen.text().splitlines()
            wanted = [row for row, line in enumerate(lines) if re.search(option, line)]
            marked = [row for row, line in enumerate(lines) if line.strip().startswith("❯")]
            if not wanted or not marked:
                return False
            target = wanted[-1]
            mark = min(marked, key=lambda row: abs(row - target))
            if mark == target:
                self.press(ENTER)
                return True
            before = self.screen.text()
            self.press(DOWN if mark < target else UP)
            self.wait(lambda: self.screen.text() != before, 5)
            self.pump(0.2)
        return False

    def close(self):
        """Ends the client if it has not ended by itself; its exit code, None if it was killed."""
        end = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < end:
            self.pump(0.1)
            if not self.alive:
                time.sleep(0.1)
        code = self.process.poll()
        if code is None:
            os.killpg(self.process.pid, signal.SIGKILL)     # only the group started here
            self.process.wait()
        os.close(self.ours)
        return code


def asked(answer):
    """An answer, and what its question has to show: "yes", or {"yes": "a pattern"}."""
    return next(iter(answer.items())) if isinstance(answer, dict) else (answer, "")


class Visit:
    """One scripted person at the client."""

    def __init__(self, scenario, terminal, mock):
        self.terminal, self.mock = terminal, mock
        self.answers = list(scenario.get("answers") or [])
        self.limit = scenario.get("timeout", 180)
        self.until = list(scenario.get("until") or [])
        self.screens = []

    def keep_screen(self):
        """Remembers what the person sees now."""
        self.screens.append(self.terminal.screen.text())

    def enter(self):
        """Passes the first-run dialogs; whether the client is ready for a prompt."""
        end = time.monotonic() + 90
        while self.terminal.alive and time.monotonic() < end:
            known = [dialog for dialog in DIALOGS if self.terminal.sees(dialog[0])]
            if known:
                self.terminal.settle()
                self.keep_screen()
                name, option = known[0]
                if option is None:
                    self.terminal.press(ENTER)
                elif not self.terminal.choose(option):
                    continue
                self.terminal.wait(lambda: not self.terminal.sees(name), 20)
            elif self.terminal.sees(READY):
                self.terminal.settle()
                if self.terminal.sees(READY):
                    return True
            else:
                self.terminal.pump(0.3)
        return False

    def say(self, prompt):
        """Types a prompt and sees its turn through, questions and all."""
        before = self.mock.turns_ended()
        self.terminal.press(prompt.encode())
        self.terminal.wait(lambda: self.terminal.sees(re.escape(prompt[:60])), 20)
        self.terminal.settle(0.3)
        self.terminal.press(ENTER)
        refused = False
        until = self.until.pop(0) if self.until else None
        while True:
            found = self.terminal.wait(
                lambda: (self.terminal.sees(until) if until else self.mock.turns_ended() > before)
                or self.terminal.sees(QUESTION)
                or (refused and self.terminal.sees(INTERRUPTED)), self.limit)
            self.terminal.settle()
            self.keep_screen()
            if not found:
                return "no end of the turn, no question"
            if not self.terminal.sees(QUESTION):
                if until:               # a prompt that was blocked stands in the box again
                    self.terminal.press(CLEAR)
                    self.terminal.settle()
                return None
            if not self.answers:
                return "a question that the scenario has no answer for"
            answer, about = asked(self.answers.pop(0))
            if not re.search(about, self.terminal.screen.text(), re.S):
                return "a question that is not about %s" % about
            refused = refused or answer == "no"
            if not self.terminal.choose(OPTIONS[answer]):
                return "the question offers no %s" % answer
            self.terminal.wait(lambda: not self.terminal.sees(QUESTION), 20)

    def leave(self):
        """Leaves as a person does: Ctrl-C, twice."""
        for _ in range(2):
            self.terminal.press(CTRL_C)
            self.terminal.pump(0.5)


def words_of(prompt):
    """What is typed: a prompt is its words, or {"say": words, "meanwhile": commands}."""
    return prompt["say"] if isinstance(prompt, dict) else prompt


def meanwhile(prompt, sandbox):
    """Does what people do elsewhere before they type a prompt; what went wrong, if anything."""
    for command in prompt.get("meanwhile") or [] if isinstance(prompt, dict) else []:
        done = sandbox.shell(command)
        if done.returncode:
            return "`%s` gave %d: %s" % (command, done.returncode, done.stderr.strip()[-300:])
    return None


def play(scenario, mode, sandbox, mock):
    """Plays a scenario in the interactive client; the mock has its script already."""
    (sandbox.config / ".claude.json").write_text(json.dumps(SEED), encoding="utf-8")
    environment = sandbox.client_environment(mock.url, scenario, mode)
    environment["TERM"] = "xterm-256color"
    began = time.monotonic()
    terminal = Terminal(sandbox.client_command(scenario, mode), sandbox.project, environment)
    visit = Visit(scenario, terminal, mock)
    trouble = None
    try:
        if visit.enter():
            for prompt in scenario.get("prompts") or [scenario["prompt"]]:
                trouble = trouble or meanwhile(prompt, sandbox) or visit.say(words_of(prompt))
        else:
            trouble = "the client did not get ready for a prompt"
        visit.keep_screen()
        visit.leave()
    finally:
        exit_code = terminal.close()
    if visit.answers:
        trouble = trouble or "no question for the answers %s" % visit.answers
    screens = "\n\n".join(visit.screens)
    if sandbox.kept:
        (sandbox.work / "screens.txt").write_text(screens, encoding="utf-8")
    return {"exit": exit_code, "trouble": trouble, "timed_out": exit_code is None,
            "seconds": time.monotonic() - began, "entries": mock.entries, "denied": set(),
            "hooks": sandbox.transcript_hooks(), "screen": screens, "output": screens,
            "aside": screens + sandbox.transcripts()}
