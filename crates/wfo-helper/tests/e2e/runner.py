"""Finds scenarios, plays each in its modes with its driver, and says how it went.

Used by scripts/e2e; briefing_count.py plays its scenarios through `play_once` too.
"""
import json
import shutil
import subprocess
import time
from pathlib import Path

import claude_print
import claude_pty
from client_sandbox import Sandbox, search_path
from mock_messages_api import MockServer
from verdict import judge

HERE = Path(__file__).resolve().parent
DRIVERS = {"print": claude_print.play, "pty": claude_pty.play}


class Skipped(Exception):
    """Why a scenario cannot be played on this machine."""


def load(path):
    """Reads a scenario file; the project of the base that it `extends` comes first."""
    with open(str(path), encoding="utf-8") as text:
        scenario = json.load(text)
    if "extends" not in scenario:
        return scenario
    base = load(HERE / "bases" / scenario.pop("extends"))
    merged = dict(base, **scenario)
    merged["files"] = dict(base.get("files") or {}, **(scenario.get("files") or {}))
    merged["setup"] = (base.get("setup") or []) + (scenario.get("setup") or [])
    return merged


def scenarios(names):
    """The scenario files in order of name: all of them, or those named."""
    files = sorted(HERE.glob("*.json"))
    if not names:
        return files, []
    wanted = [Path(name).name for name in names]
    wanted = [name if name.endswith(".json") else name + ".json" for name in wanted]
    found = [path for path in files if path.name in wanted]
    return found, [name for name in wanted if name not in [path.name for path in found]]


def require_possible(scenario, kit):
    """Raises what stands against playing the scenario here."""
    for program in scenario.get("programs") or []:
        if shutil.which(program, path=search_path()) is None:
            raise Skipped("%s is not installed" % program)
    need = scenario.get("helper", "installed")
    if need == "absent":
        stray = shutil.which("wfo-helper", path=search_path())
        if stray:
            raise Skipped("%s is on the PATH of every client" % stray)
    elif need == "installed" and kit["helper"] is None:
        raise RuntimeError("there is no helper: run `cargo build --release`, or set WFO_HELPER_BIN")


def play_once(scenario, mode, kit, keep=None):
    """Plays a scenario in one mode: the driver's record, and what it failed to meet."""
    with Sandbox(kit, keep) as sandbox:
        scenario = sandbox.prepare(scenario)
        if scenario.get("driver") == "command":
            record = claude_print.play_command(scenario, sandbox)
        else:
            log = sandbox.work / "requests.jsonl" if sandbox.kept else None
            with MockServer(log) as mock:
                mock.play(scenario)
                record = DRIVERS[scenario.get("driver", "print")](scenario, mode, sandbox, mock)
        return record, judge(scenario, record, sandbox)


def play(path, kit, keep=None):
    """Plays one scenario file in all its modes: verdict, seconds, lines to print below it."""
    began = time.monotonic()
    scenario = load(path)
    modes = scenario.get("modes") or ["default"]
    lines = []
    try:
        require_possible(scenario, kit)
        for mode in modes:
            folder = keep / ("%s-%s" % (path.stem, mode)) if keep else None
            _, failures = play_once(scenario, mode, kit, folder)
            lines += ["%s: %s" % (mode, failure) for failure in failures]
    except Skipped as reason:
        return "skipped", time.monotonic() - began, [str(reason)]
    except RuntimeError as problem:
        lines.append(str(problem))
    except (OSError, KeyError, subprocess.TimeoutExpired) as problem:
        lines.append("%s: %s" % (type(problem).__name__, problem))
    return ("failed" if lines else "passed"), time.monotonic() - began, lines


def play_all(paths, kit, keep=None):
    """Plays the files, a line each; the number of each verdict."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in paths:
        verdict, seconds, lines = play(path, kit, keep)
        counts[verdict] += 1
        print("%-7s %-28s %6.1f s" % (verdict, path.stem, seconds), flush=True)
        for line in lines:
            print("        " + line, flush=True)
    return counts
