"""Runs one program at a terminal of its own and prints {"status", "output", "agent"} as JSON.

The program's parent is a process without parents of ours, so that what runs the tests (it may be an agent) does not stand
behind it; `agent` tells whether a mark of the host stands there all the same. argv[1] is {"command": [...], "env": {...}}.
"""
import json
import os
import pty
import select
import sys
import time

MARKS = (b"CLAUDECODE=", b"CLAUDE_CODE_SESSION_ID=")
PATIENCE = 30


def marked_above(pid):
    """Says whether an ancestor's environment holds a mark; False where /proc does not tell."""
    for _ in range(64):
        try:
            with open(f"/proc/{pid}/status") as status:
                pid = next(int(line.split()[1]) for line in status if line.startswith("PPid:"))
            if pid == 0:
                return False
            with open(f"/proc/{pid}/environ", "rb") as environ:
                if any(entry.startswith(MARKS) for entry in environ.read().split(b"\0")):
                    return True
        except (OSError, StopIteration):
            return False
    return False


def at_terminal(command, env):
    """Runs the program; returns its exit status (negative for a signal) and all it wrote to the terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.execvpe(command[0], command, env)
        finally:
            os._exit(127)
    output, end = b"", time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        output += chunk
    else:
        os.kill(pid, 9)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), output


def main():
    spec = json.loads(sys.argv[1])
    answer, result = os.pipe()
    first = os.fork()
    if first == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        while os.getppid() == first:
            time.sleep(0.001)
        agent = marked_above(os.getpid())
        status, output = at_terminal(spec["command"], spec["env"])
        text = output.decode("utf-8", "replace").replace("\r\n", "\n")
        os.write(result, json.dumps({"status": status, "output": text, "agent": agent}).encode())
        os._exit(0)
    os.waitpid(first, 0)
    os.close(result)
    with os.fdopen(answer) as pipe:
        print(pipe.read())


main()
