"""Measures what a morning briefing costs in requests and tokens, three ways.

The same repository, client and plugin each time (bases/count.json); only the way to the
briefing differs (count/*.json).  Tokens are estimated at four characters each, over the
request bodies as sent; what the mock reports as usage is not used.
"""
import json

import runner
from scripted_model import tool_calls

CHARACTERS_PER_TOKEN = 4


def tokens(body):
    """The estimated tokens of one request body."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return len(text) // CHARACTERS_PER_TOKEN


def measure(path, kit, keep):
    """Plays one way: its row of numbers, and what went wrong."""
    scenario = runner.load(path)
    folder = keep / ("count-" + path.stem) if keep else None
    runner.require_possible(scenario, kit)
    record, failures = runner.play_once(scenario, "default", kit, folder)
    bodies = [entry["body"] for entry in record["entries"] if entry["kind"] == "messages"]
    if not bodies:
        return None, failures or ["the client sent no request"]
    return {"about": scenario["about"], "requests": len(bodies),
            "calls": len(tool_calls(bodies[-1])), "sent": sum(tokens(body) for body in bodies),
            "last": tokens(bodies[-1])}, failures


def main(kit, keep):
    """Prints the table; 1 if a way could not be measured."""
    rows = []
    for path in sorted((runner.HERE / "count").glob("*.json")):
        try:
            row, failures = measure(path, kit, keep)
        except (RuntimeError, OSError) as problem:
            row, failures = None, [str(problem)]
        if failures:
            print("%s: %s" % (path.stem, "; ".join(failures)))
            return 1
        rows.append(row)
    bare = rows[0]["last"]
    print("| way to the briefing | requests | tool calls | tokens sent in all "
          "| tokens added to the context |")
    print("|---|---:|---:|---:|---:|")
    for row in rows:
        print("| {about} | {requests} | {calls} | {sent:,} | {added:,} |".format(
            added=max(0, row["last"] - bare), **row))
    return 0
