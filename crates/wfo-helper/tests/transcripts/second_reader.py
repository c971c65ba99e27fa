#!/usr/bin/env python3
"""Reads a tree of transcripts slowly, by the written rules alone, and compares with the truth that its generator wrote.

    second_reader.py CONFIG               reads CONFIG/projects, compares with CONFIG/expected.json; exit 1 if they differ
    second_reader.py --seeds N [--mib M]  generates trees of N seeds in each profile and compares each
    second_reader.py --self-test          proves on altered trees that a difference is seen

It shares nothing with the generator but the price list, not even the arithmetic. It tests the generator: what both
agree on is what the helper has to say.
"""
import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
LIMIT = 2 ** 40
FIGURES = re.compile(rb'"usage"\s*:\s*\{[^{}]*"(?:in|out)put_tokens"\s*:\s*-?\d')
STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))")
KINDS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")


class Broken(Exception):
    """A response whose figures cannot be."""


class Unclear(Exception):
    """A tree about which the rules are silent; the generator must not write one."""


def listed(root):
    """Returns every transcript below a folder, links left alone."""
    found = []
    for folder, _, names in os.walk(str(root), followlinks=False):
        paths = (os.path.join(folder, name) for name in names if name.endswith(".jsonl"))
        found += [path for path in paths if not os.path.islink(path) and os.path.isfile(path)]
    return found


def text(value):
    """Returns a string that holds something, None for anything else."""
    return value if isinstance(value, str) and value else None


def figure(value):
    """Returns a number of tokens; absent and null are none."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value) or not 0 <= value <= LIMIT:
        raise Broken
    return int(value)


def figures(usage):
    """Returns the five kinds of a `usage` object, in the order of KINDS."""
    split = usage.get("cache_creation")
    split = split if isinstance(split, dict) else {}
    five, hour = (figure(split.get("ephemeral_%s_input_tokens" % span)) for span in ("5m", "1h"))
    five += max(0, figure(usage.get("cache_creation_input_tokens")) - five - hour)
    return [figure(usage.get("input_tokens")), figure(usage.get("output_tokens")), figure(usage.get("cache_read_input_tokens")), five, hour]


def instant(value):
    """Returns the UTC time of a timestamp, to the second below it; None if it is none."""
    match = STAMP.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return None
    when = datetime.datetime(*map(int, match.groups()[:6]))
    if match.group(8):
        away = datetime.timedelta(hours=int(match.group(9)), minutes=int(match.group(10)))
        when = when - away if match.group(8) == "+" else when + away
    return when


def objects(line):
    """Returns the JSON objects of a line, one behind the other; None if it is not made of them."""
    rest, found = line.decode("utf-8", "replace").strip(" \t\r\n\ufeff"), []
    decoder = json.JSONDecoder()
    try:
        while rest:
            value, end = decoder.raw_decode(rest)
            found.append(value)
            rest = rest[end:].strip()
    except (ValueError, RecursionError):
        return None
    return found


def calls(value, line, path, root):
    """Yields what a JSON object asks to be counted: the response itself, then the advisors it asked."""
    if not isinstance(value, dict):
        return
    message, outer = value.get("message"), value
    if not (isinstance(message, dict) and isinstance(message.get("usage"), dict)):
        data = value.get("data")
        inner = data.get("message") if isinstance(data, dict) else None
        message = inner.get("message") if isinstance(inner, dict) else None
        if not (isinstance(message, dict) and isinstance(message.get("usage"), dict)):
            return
        value = inner
    usage, tokens = message["usage"], figures(message["usage"])
    if message.get("model") == "<synthetic>" and not any(tokens):
        return
    when = instant(value.get("timestamp") or outer.get("timestamp"))
    if when is None or not text(message.get("model")):
        raise Broken
    parts = Path(path).relative_to(root).parts
    session = parts[-3] if len(parts) > 2 and parts[-2] == "subagents" else Path(path).stem
    name = ("id", message["id"]) if text(message.get("id")) else ("uuid", value["uuid"]) if text(value.get("uuid")) else ("line", line)
    searches = usage.get("server_tool_use") or {}
    call = {"name": name, "request": text(value.get("requestId")), "side": outer.get("isSidechain") is True, "model": message["model"],
            "tokens": tokens, "when": when, "session": session, "cwd": text(outer.get("cwd")), "branch": text(outer.get("gitBranch")),
            "skill": text(outer.get("attributionSkill")), "searches": figure(searches.get("web_search_requests")),
            "batch": usage.get("service_tier") == "batch", "fast": usage.get("speed") == "fast", "us": usage.get("inference_geo") == "us",
            "path": path}
    yield call
    for number, turn in enumerate(usage.get("iterations") or []):
        if turn.get("type") == "advisor_message":
            yield dict(call, name=(*name, number), model=turn["model"], tokens=figures(turn), searches=0, batch=False, fast=False, us=False)


def read(root):
    """Returns every call of a tree with its place, and how many lines are broken."""
    found, broken = [], 0
    for path in listed(root):
        for number, line in enumerate(Path(path).read_bytes().split(b"\n")):
            if b'"usage"' not in line:
                continue
            values = objects(line)
            if values is None:
                broken += 1 if FIGURES.search(line) else 0
                continue
            try:
                calls_here = [call for value in values for call in calls(value, line, path, root)]
            except Broken:
                broken += 1
                continue
            found += [dict(call, place=(number, turn)) for turn, call in enumerate(calls_here)]
    return found, broken


def winners(found, order):
    """Returns each response once; `order` sorts paths."""
    named = {}
    for call in found:
        named.setdefault(call["name"], []).append(call)
    kept = []
    for group in named.values():
        group = [call for call in group if not call["side"]] or group
        requests = {call["request"] for call in group} - {None}
        if len(requests) > 1 and any(call["request"] is None for call in group):
            raise Unclear("which of several requests is this? %r" % (group[0]["name"],))
        for request in requests or {None}:
            same = [call for call in group if call["request"] in (request, None)]
            kept.append(min(same, key=lambda call: (-sum(call["tokens"]), order(call["path"]), call["place"])))
    return kept


def prices():
    """Returns the price list by every name, rates in pico-USD."""
    rows = json.loads((HERE / "prices.json").read_text(encoding="utf-8"), parse_float=Decimal)["models"]
    return {name: row for row in rows for name in (row["id"], *row.get("aliases", ()))}


def pico(call, rows):
    """Returns what a call cost, None if nobody knows."""
    row = rows.get(call["model"])
    if row is None:
        return None
    at, rate = call["when"], dict(row)
    for old in row.get("history", ()):
        if at.strftime("%Y-%m-%d") <= old["until"]:
            rate.update(old)
    tier = row.get("long_context")
    given, _, read_tokens, five, hour = call["tokens"]
    if tier and given + read_tokens + five + hour > tier["threshold_tokens"]:
        rate.update(tier)
    if row.get("peak") and at.isoweekday() <= 5 and (1 <= at.hour < 4 or 6 <= at.hour < 10):
        rate.update(row["peak"])
    thousandths = 1000
    if call["batch"]:
        if not row["batch_discount"]:
            return None
        thousandths = int(thousandths * row["batch_discount"])
    if call["fast"]:
        if row["id"] == "claude-fable-5-2":
            return None
        thousandths = int(thousandths * (row["fast_multiplier"] or 1))
    if call["us"]:
        thousandths = int(thousandths * row.get("us_inference_multiplier", 1))
    total = 0
    for kind, count in zip(KINDS, call["tokens"]):
        if count and rate[kind] is None:
            return None
        total += count * int((rate[kind] or 0) * 1_000_000) * thousandths
    assert total % 1000 == 0, call
    return total // 1000 + call["searches"] * 10_000_000_000


def added(calls_of, rows):
    """Returns the sums of some calls."""
    unpriced, amount, tokens = {}, 0, [0] * 5
    for call in calls_of:
        cost = pico(call, rows)
        amount += cost or 0
        tokens = [one + two for one, two in zip(tokens, call["tokens"])]
        if cost is None:
            unpriced[call["model"]] = unpriced.get(call["model"], 0) + sum(call["tokens"])
    return {"pico": amount, "responses": len(calls_of), "tokens": dict(zip(KINDS, tokens)),
            "sessions": len({call["session"] for call in calls_of}), "unpriced": unpriced}


def grouped(kept, key, rows):
    """Returns the sums by a key."""
    groups = {}
    for call in kept:
        groups.setdefault(key(call) or "", []).append(call)
    return {name: added(group, rows) for name, group in groups.items()}


def day(call, rules):
    """Returns the local date of a call."""
    return call["when"].replace(tzinfo=datetime.timezone.utc).astimezone(rules).strftime("%Y-%m-%d")


def answer(config, order):
    """Reads a tree; returns what its expected.json should say."""
    found, broken = read(Path(config) / "projects")
    kept, rows = winners(found, order), prices()
    told = {"total": added(kept, rows), "broken": broken, "days": {}, "months": {}}
    for name, key in (("models", "model"), ("cwds", "cwd"), ("sessions", "session"), ("branches", "branch"), ("skills", "skill")):
        told[name] = grouped(kept, lambda call, key=key: call[key], rows)
    for zone in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"):
        rules = ZoneInfo(zone)
        told["days"][zone] = grouped(kept, lambda call, rules=rules: day(call, rules), rows)
        told["months"][zone] = grouped(kept, lambda call, rules=rules: day(call, rules)[:7], rows)
    return told


def differences(mine, theirs, where=""):
    """Yields every place where two answers differ."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in sorted(set(mine) | set(theirs)):
            yield from differences(mine.get(key), theirs.get(key), "%s/%s" % (where, key))
    elif mine != theirs:
        yield "%s: read %s, expected %s" % (where, mine, theirs)


def compare(config):
    """Compares a tree with its truth in both orders that a path may be sorted in; returns the differences."""
    expected = json.loads((Path(config) / "expected.json").read_text(encoding="utf-8"))
    faults = []
    for name, order in (("as bytes", os.fsencode), ("by folder", lambda path: Path(path).parts)):
        try:
            told = answer(config, order)
        except Unclear as fault:
            return ["the rules are silent: %s" % fault]
        faults += ["%s %s" % (name, fault) for fault in differences(told, {key: expected[key] for key in told})]
    return faults


def generated(folder, *flags):
    """Generates a tree."""
    command = [sys.executable, str(HERE / "generate.py"), str(folder), *map(str, flags)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def sweep(seeds, mib):
    """Compares trees of many seeds; returns how many differ."""
    bad = 0
    for profile in ("plain", "safe", "hard"):
        for seed in range(seeds):
            now = ("2026-11-21T09:00:00Z", "2028-03-20T09:00:00Z")[seed % 5 == 4]
            with tempfile.TemporaryDirectory() as folder:
                generated(folder, "--profile", profile, "--mib", mib, "--seed", seed, "--now", now)
                faults = compare(folder)
            bad += bool(faults)
            print("%s seed %d now %s: %s" % (profile, seed, now, "; ".join(faults[:4]) or "equal"), flush=True)
    return bad


def self_test():
    """Alters a tree in ways that matter; returns how many alterations were not seen."""
    changes = {b'"output_tokens":': b'"output_tokens":1', b'"service_tier":"batch"': b'"service_tier":"other"', b"us\"": b"eu\"",
               b'"speed":"fast"': b'"speed":"slow"', b'"web_search_requests":': b'"web_search_requests":1', b"T": b"T0",
               b"advisor_message": b"advisor_massage", b'"isSidechain":true': b'"isSidechain":false'}
    unseen = 0
    for old, new in changes.items():
        with tempfile.TemporaryDirectory() as folder:
            generated(folder, "--mib", 3)
            paths = [Path(path) for path in listed(Path(folder) / "projects")]
            found = sum(path.read_bytes().count(old) for path in paths)
            for path in paths:
                path.write_bytes(path.read_bytes().replace(old, new))
            seen = found > 0 and bool(compare(folder))
        unseen += not seen
        print("%s for %s: %s" % (new.decode(), old.decode(), "seen" if seen else "NOT SEEN"))
    return unseen


def main():
    """Parses the command line and compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", nargs="?")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--mib", type=float, default=3)
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    if args.self_test:
        return 1 if self_test() else 0
    if args.seeds:
        return 1 if sweep(args.seeds, args.mib) else 0
    if not args.config:
        parser.error("name a CONFIG folder, or --seeds N")
    faults = compare(args.config)
    print("\n".join(faults[:40]) or "equal")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
