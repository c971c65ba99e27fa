"""Proves that each rule of scripts/check can fail: breaks a copy of the checkout in one place and looks for the fault.

Called by `scripts/check --self-test`; never touches the checkout itself.
"""
import shutil
import tempfile
from pathlib import Path

LONG = "//! Long.\n" + "// x\n" * 700
HEADLESS = "rows:\n  - {id: max_per_project, value: 4}\n"
WRONG_ROW = "# What.\n# Unit: one. Check it. Override it.\n# More.\nrows:\n  - {id: p0, points: lots}\n"


def after(text, mark, new):
    """Puts lines behind the first line that is `mark`."""
    return text.replace(mark + "\n", mark + "\n" + new + "\n", 1)


# rule, file, how its text changes, what the fault must say
CASES = [
    ("floors", "crates/wfo-todo/Cargo.toml", lambda t: after(t, "[dependencies]", 'wfo-cost = { path = "../wfo-cost" }'),
     "sideways on `wfo-cost`"),
    ("floors", "crates/wfo-cost/Cargo.toml", lambda t: after(t, "[dependencies]", 'wfo-day = { path = "../wfo-day" }'),
     "upwards on `wfo-day`"),
    ("floors", "crates/wfo-base/Cargo.toml", lambda t: after(t, "[dev-dependencies]", 'wfo-git = { path = "../wfo-git" }'),
     "upwards on `wfo-git`"),
    ("floors", "crates/wfo-day/Cargo.toml", lambda t: after(t, "[dependencies]", "gix.workspace = true"), "depends on `gix`"),
    ("floors", "crates/wfo-agent/Cargo.toml", lambda t: t.replace('"wfo-agent"', '"wfo-stray"'), "`wfo-stray` has no floor"),
    ("sizes", "crates/wfo-base/src/long.rs", lambda t: LONG, "more than 600"),
    ("sizes", "scripts/long", lambda t: "#!/bin/sh\n" + "true\n" * 601, "more than 600"),
    ("headers", "crates/wfo-base/src/bare.rs", lambda t: "fn bare() {}\n", "does not open with"),
    ("headers", "crates/wfo-base/src/lib.rs", lambda t: "\n" + t, "does not open with"),
    ("top_level", "notes.txt", lambda t: "x\n", "without a reason"),
    ("top_level", "CONTRIBUTING.md", lambda t: t.replace("| `bin` |", "| `sbin` |"), "without a reason"),
    ("top_level", "CONTRIBUTING.md", lambda t: t.replace("| `bin` |", "| `sbin` |"), "`sbin` is explained but not there"),
    ("dependencies", "CONTRIBUTING.md", lambda t: t.replace("| `tera` |", "| tera |"), "`tera` has no reason"),
    ("dependencies", "CONTRIBUTING.md", lambda t: t.replace("| `tera` |", "| `handlebars` |"), "`handlebars` is explained but not used"),
    ("dependencies", "Cargo.toml", lambda t: after(t, "[workspace.dependencies]", 'rand = "0.9"'), "no crate uses `rand`"),
    ("dependencies", "crates/wfo-cost/Cargo.toml", lambda t: after(t, "[dependencies]", 'rand = "0.9"'), "version of its own"),
    ("tables", "reference/data/worktrees.yaml", lambda t: HEADLESS, "the head does not tell"),
    ("tables", "reference/data/queue.yaml", lambda t: WRONG_ROW, "cannot be read"),
    ("tables", "reference/data/nobody.yaml", lambda t: WRONG_ROW, "has not the name of a table"),
    ("paths", "README.md", lambda t: t + "see /ho" + "me/martha/notes\n", "somebody's machine"),
    ("paths", "skills/start-day/SKILL.md", lambda t: t + "cd {root}\n", "somebody's machine"),
    ("paths", "scripts/e2e", lambda t: t + "# /ro" + "ot/x\n", "somebody's machine"),
]


def main(check):
    """Runs all cases; returns the exit status."""
    bad = []
    with tempfile.TemporaryDirectory(prefix="wfo-check-") as folder:
        copy = Path(folder).resolve() / "copy"
        shutil.copytree(str(check.ROOT), str(copy), symlinks=True, ignore=shutil.ignore_patterns(*check.PASSED_OVER))
        rules = {rule.__name__: rule for rule in check.RULES}
        untested = set(rules) - {case[0] for case in CASES}
        bad += ["rule `%s` has no case" % name for name in sorted(untested)]
        before = check.check(check.Tree(copy))
        for name, path, change, wanted in CASES:
            target = copy / path
            old = target.read_text(encoding="utf-8") if target.exists() else None
            new = change(old or "").replace("{root}", str(copy))
            if new == old:
                bad.append("%s: the case changes nothing in %s" % (name, path))
                continue
            target.write_text(new, encoding="utf-8")
            faults = [one for one in rules[name](check.Tree(copy)) if not one.warning]
            added = [one for one in faults if one not in before[name]]
            if not any(wanted in one.what for one in added):
                bad.append("%s: nothing says `%s` about %s, but: %s" % (name, wanted, path, [one.what for one in added]))
            if old is None:
                target.unlink()
            else:
                target.write_text(old, encoding="utf-8")
    for line in bad:
        print("BAD  " + line)
    print("%d rules, %d cases, %s" % (len(rules), len(CASES), "each rule can fail" if not bad else "%d did not" % len(bad)))
    return 1 if bad else 0
