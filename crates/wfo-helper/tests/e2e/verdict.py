"""Judges a played scenario: what it expected against what was seen, as a list of sentences.

Takes the record that a driver returns: `exit`, `timed_out`, `trouble` (what the driver
could not do, if anything), `entries` (the mock's requests), `denied` (ids of refused tool
calls), `hooks`, `screen`, `output` and `aside` (text that people and files saw but the
model must not have: screens, streams, transcripts).  An empty list means that the scenario passed.
"""
import json
import re

from scripted_model import UNFILLED, holds, tool_calls, tool_id

REJECTED = "The user doesn't want to proceed with this tool use"


def judge(scenario, record, sandbox):
    """Every expectation of the scenario that was not met."""
    failures = [record["trouble"]] if record.get("trouble") else []
    if record["timed_out"]:
        failures.append("the client did not finish in time")
    elif record["exit"] != scenario.get("expect_exit", 0):
        shown = record["output"] if "command" in scenario else record["output"][-600:]
        failures.append("exit code %s: %s" % (record["exit"], brief(shown, 1500)))
    if "steps" in scenario:
        failures += judge_script(scenario, record["entries"])
        failures += judge_requests(scenario.get("expect_requests") or {}, record)
        failures += judge_tools(scenario, record)
    failures += judge_hooks(scenario.get("expect_hooks") or [], record["hooks"])
    for place in ("screen", "output"):
        for item in scenario.get("expect_" + place) or []:
            if not holds(item, record[place]):
                failures.append("%s: expected %s" % (place, brief(item)))
    failures += judge_files(scenario.get("expect_files") or [], sandbox)
    failures += judge_commands(scenario.get("expect_commands") or [], sandbox)
    return failures


def brief(value, limit=300):
    """A value as JSON on one line, cut where it gets long."""
    text = value if isinstance(value, str) else json.dumps(value)
    text = text.replace("\n", "\\n")
    return text if len(text) <= limit else text[:limit] + "..."


def judge_script(scenario, entries):
    """Steps that were not played, placeholders that stayed open, unmet `expect` lines."""
    failures = []
    played = {entry["step"] for entry in entries if entry.get("conversation") == "main"}
    missing = [step for step in range(len(scenario["steps"])) if step not in played]
    if missing:
        failures.append("steps not played: %s" % missing)
    for entry in entries:
        if UNFILLED in json.dumps(entry.get("blocks") or []):
            failures.append("step %s needs a value that the last result does not hold: %s" % (
                entry["step"], brief(last_result(entry["body"]))))
        for item in entry.get("expect") or []:
            if not item["ok"]:
                wanted = {key: item[key] for key in item if key != "ok"}
                failures.append("step %s: expected %s; last result: %s" % (
                    entry["step"], brief(wanted), brief(last_result(entry["body"]))))
    return failures


def last_result(body):
    """The text of the last tool result of a request."""
    done = [call["result"] for call in tool_calls(body) if call["result"] is not None]
    return done[-1] if done else "(none)"


def judge_requests(expected, record):
    """Rules over all requests: how many, and what none of them may hold."""
    entries = [entry for entry in record["entries"] if entry["kind"] == "messages"]
    failures = []
    if "count" in expected and len(entries) != expected["count"]:
        failures.append("%d requests instead of %d" % (len(entries), expected["count"]))
    secrets = []
    if "lacks_captured" in expected:
        secrets = sorted(set(re.findall(expected["lacks_captured"], record["aside"])))
        if expected.get("capture_must_exist") and not secrets:
            failures.append("nothing outside the requests matches %s" % expected["lacks_captured"])
    for entry in entries:
        body = json.dumps(entry["body"])
        if not holds({"lacks": expected.get("lacks", [])}, body):
            failures.append("request %d holds what no request may" % entry["n"])
        for secret in secrets:
            if secret in body:
                failures.append("request %d holds %s..." % (entry["n"], secret[:6]))
    return failures


def outcome(call, denied):
    """What became of a tool call: denied, failed, ran or unanswered."""
    if call["result"] is None:
        return "unanswered"
    if call["id"] in denied or call["result"].startswith(REJECTED):
        return "denied"
    return "failed" if call["is_error"] else "ran"


def judge_tools(scenario, record):
    """Outcome and result of single calls of the main conversation: by number from 0, or by the `as` of a step."""
    expected = scenario.get("expect_tools") or []
    if not expected:
        return []
    names = {step["as"]: tool_id("main", number, 0)
             for number, step in enumerate(scenario["steps"]) if step.get("as")}
    bodies = [entry["body"] for entry in record["entries"] if entry.get("conversation") == "main"]
    calls = tool_calls(bodies[-1]) if bodies else []
    failures = []
    for item in expected:
        fits = [call for number, call in enumerate(calls)
                if item["call"] in (number, next((n for n in names if names[n] == call["id"]), None))]
        if not fits:
            failures.append("there is no tool call %s" % item["call"])
            continue
        call = fits[0]
        got = outcome(call, record["denied"])
        if got != item.get("outcome", got) or not holds(item, call["result"] or ""):
            failures.append("tool call %s %s: expected %s, got %s: %s" % (
                item["call"], brief(call["input"], 120), brief(item), got,
                brief(call["result"] or "")))
    return failures


def judge_hooks(expected, hooks):
    """For each expectation one hook run must fit: event, exit code and output."""
    failures = []
    for item in expected:
        fits = [hook for hook in hooks if hook["event"] == item["event"]
                and hook["exit"] == item.get("exit", hook["exit"])
                and holds(item, "%s\n%s" % (hook["stdout"], hook["stderr"]))]
        if not fits:
            seen = [{"event": hook["event"], "exit": hook["exit"]} for hook in hooks]
            failures.append("no hook run fits %s; seen: %s" % (brief(item), brief(seen)))
    return failures


def judge_files(expected, sandbox):
    """Files of the project (or absolute ones) that must, or must not, be there."""
    failures = []
    for item in expected:
        path = sandbox.project / item["path"]
        if path.exists() != item.get("exists", True):
            failures.append("%s %s" % (item["path"], "exists" if path.exists() else "is missing"))
        elif path.is_file() and not holds(item, path.read_text(encoding="utf-8", errors="replace")):
            failures.append("%s: expected %s" % (item["path"], brief(item)))
    return failures


def judge_commands(expected, sandbox):
    """Shell commands run in the project afterwards: exit code and output."""
    failures = []
    for item in expected:
        done = sandbox.shell(item["run"])
        if done.returncode != item.get("exit", 0) or not holds(item, done.stdout):
            failures.append("`%s` gave %d: %s" % (
                item["run"], done.returncode, brief(done.stdout + done.stderr)))
    return failures
