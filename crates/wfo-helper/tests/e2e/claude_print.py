"""Drives the real client in print mode (`claude -p`), where nobody can be asked.

`play` runs one scenario in one permission mode inside a sandbox; `play_command` runs a
scenario that is one command of the client, such as `claude plugin validate`.  Both
return the record that verdict.py judges.
"""
import json
import os
import signal
import subprocess
import time


def run_bounded(command, cwd, environment, timeout):
    """Runs a process group to its end or its time limit: exit, output, stderr, timed out, seconds."""
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=str(cwd), env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               universal_newlines=True, start_new_session=True)
    timed_out = False
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        timed_out = True
        os.killpg(process.pid, signal.SIGKILL)      # only the group started here
        output, errors = process.communicate()
    finally:
        if process.poll() is None:                  # we are being interrupted ourselves
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, output, errors, timed_out, time.monotonic() - began


def events_of(stream):
    """The JSON objects of a stream-json output."""
    events = []
    for line in stream.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            events.append(value)
    return events


def hooks_of(events):
    """The hook runs that the stream reports."""
    return [{"event": event.get("hook_event"), "name": event.get("hook_name"),
             "exit": event.get("exit_code"), "stdout": event.get("stdout") or "",
             "stderr": event.get("stderr") or ""}
            for event in events if event.get("subtype") == "hook_response"]


def play(scenario, mode, sandbox, mock):
    """Plays a scenario with `-p`; the mock has its script already."""
    command = sandbox.client_command(scenario, mode)
    command[1:1] = ["-p", scenario["prompt"], "--output-format", "stream-json", "--verbose",
                    "--include-hook-events"]
    exit_code, output, errors, timed_out, seconds = run_bounded(
        command, sandbox.project, sandbox.client_environment(mock.url, scenario, mode),
        scenario.get("timeout", 180))
    events = events_of(output)
    ends = [event for event in events if event.get("type") == "result"]
    denied = {denial.get("tool_use_id") for end in ends
              for denial in end.get("permission_denials") or []}
    if sandbox.kept:
        (sandbox.work / "stream.jsonl").write_text(output, encoding="utf-8")
        (sandbox.work / "stderr.txt").write_text(errors, encoding="utf-8")
    return {"exit": exit_code, "timed_out": timed_out, "seconds": seconds,
            "entries": mock.entries, "denied": denied, "hooks": hooks_of(events),
            "screen": "", "output": output + errors,
            "aside": output + sandbox.transcripts()}


def play_command(scenario, sandbox):
    """Runs the scenario's `command` (a list) in the project, without a mock."""
    exit_code, output, errors, timed_out, seconds = run_bounded(
        scenario["command"], sandbox.project,
        dict(sandbox.environment(), **(scenario.get("env") or {})), scenario.get("timeout", 180))
    return {"exit": exit_code, "timed_out": timed_out, "seconds": seconds, "entries": [],
            "denied": set(), "hooks": [], "screen": "", "output": output + errors, "aside": ""}
