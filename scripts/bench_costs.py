"""The section `costs` of scripts/bench: importing transcripts beside the fastest known reader, in one run.

The tree is generated (profile safe, WFO_BENCH_MIB MiB, 1000 unless said) and kept below target/bench; its truth lies beside
it, so that only right answers are measured. `ccusage` is installed once, by npm, below target/tools; its native program is
run directly, without the launcher in JavaScript.
"""
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys

VERSION = "20.0.24"
NAMES = {"import": "wfo-helper cost import, first", "ccusage": f"ccusage {VERSION} claude daily", "cat": "cat of the same files"}


def tree(root):
    """Returns the CONFIG folder of the tree, generated where it is not there yet, and its truth."""
    mib = int(os.environ.get("WFO_BENCH_MIB", "1000"))
    generator = root / "crates/wfo-helper/tests/transcripts/generate.py"
    sources = [generator.with_name(name) for name in ("generate.py", "hazards.py", "shapes.py", "truth.py", "prices.json")]
    folder = root / f"target/bench/costs-{mib}"
    expected = folder / "expected.json"
    if not expected.exists() or expected.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        print(f"generating {mib} MiB of transcripts ...", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run([sys.executable, "-B", str(generator), str(folder), "--profile", "safe", "--mib", str(mib)],
                       check=True, stdout=subprocess.DEVNULL)
    return folder, json.loads(expected.read_text(encoding="utf-8"))


def ccusage(root):
    """Returns the native program, None (and says why) where it cannot be had."""
    folder = root / "target/tools/ccusage"
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    program = folder / f"node_modules/@ccusage/ccusage-{platform.system().lower()}-{machine}/bin/ccusage"

    def here():
        done = subprocess.run([str(program), "--version"], stdout=subprocess.PIPE, check=False) if program.exists() else None
        return done is not None and VERSION in done.stdout.decode()

    if not here():
        if not shutil.which("npm"):
            print("npm is not here: ccusage is not measured", file=sys.stderr)
            return None
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", f"ccusage@{VERSION}"]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if program.exists():
            program.chmod(0o755)
        if not here():
            print(f"npm left no ccusage {VERSION} that runs: it is not measured", file=sys.stderr)
            return None
    return str(program)


def answer(bench, command, cwd):
    """Runs a command once; returns its JSON, None where it failed."""
    done = subprocess.run(command, cwd=cwd, env=bench.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        print(f"`{' '.join(command[:3])}` ended with {done.returncode}: {(done.stdout + done.stderr).decode()[:300]}", file=sys.stderr)
        return None
    return json.loads(done.stdout)


def in_turn(bench, commands, cwd, runs, before=None):
    """Runs commands in turn, each made ready first; name -> medians of (CPU ms, wall ms, peak MiB)."""
    runs, taken = bench.args.runs or runs, {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            if before:
                before(name)
            one = bench.once(command, cwd)
            if number:
                taken[name].append(one)
    return {name: tuple(statistics.median(column) for column in zip(*rows)) for name, rows in taken.items()}


def first_import(bench, folder, truth, top):
    """Measures the import of everything; says whether it was right."""
    index, helper = folder / "wfo", [bench.binary, "cost", "import", "--json"]

    def fresh(name):
        if name == NAMES["import"]:
            shutil.rmtree(index, ignore_errors=True)

    fresh(NAMES["import"])
    told = answer(bench, helper, top)
    if told is None:
        return False
    wanted = truth["total"]["responses"], truth["total"]["pico"] / 1e12
    found = told["data"]["responses"], float(told["data"]["total_usd"])
    bench.verdict(f"the truth of {truth['bytes'] / 2 ** 20:.0f} MiB in {truth['files']} files: {found[0]} responses, {found[1]:.6f} USD",
                  found[0] == wanted[0] and abs(found[1] - wanted[1]) < 1e-6)
    commands, other = {NAMES["import"]: helper}, ccusage(bench.root)
    if other:
        commands[NAMES["ccusage"]] = [other, "claude", "daily", "--json", "--offline"]
        same_tokens(bench, commands[NAMES["ccusage"]], truth, top)
    commands[NAMES["cat"]] = ["sh", "-c", f"find '{folder}/projects' -name '*.jsonl' -type f -exec cat {{}} + > /dev/null"]
    figures = in_turn(bench, commands, top, 3, fresh)
    bench.table(f"(g) costs: {truth['bytes'] / 2 ** 20:.0f} MiB of transcripts, {truth['files']} files, {truth['lines_told']} lines with usage",
                figures, NAMES["ccusage"] if other else NAMES["cat"], f" (medians of {bench.args.runs or 3}, every index new)")
    ours, cat = figures[NAMES["import"]], figures[NAMES["cat"]]
    print(f"\n- {ours[0] / cat[0]:.1f} times the CPU of reading alone (`cat`), {ours[1] / cat[1]:.1f} times its wall time")
    if other:
        theirs = figures[NAMES["ccusage"]]
        bench.verdict(f"at most 1/3 of the CPU of ccusage: 1/{theirs[0] / ours[0]:.1f}", ours[0] * 3 <= theirs[0])
        bench.verdict(f"at most 1/2 of its peak memory: {ours[2]:.0f} of {theirs[2]:.0f} MiB", ours[2] * 2 <= theirs[2])
    return True


def same_tokens(bench, command, truth, top):
    """Says whether the other reader counts the same tokens: then both did the same work."""
    told = answer(bench, command, top)
    if told is None:
        return
    totals, wanted = told["totals"], truth["total"]["tokens"]
    found = [totals[key] for key in ("inputTokens", "outputTokens", "cacheReadTokens", "cacheCreationTokens")]
    right = [wanted["input"], wanted["output"], wanted["cache_read"], wanted["cache_write_5m"] + wanted["cache_write_1h"]]
    print(f"\n- ccusage counts {'the same' if found == right else f'other tokens ({found}, right is {right})'} {sum(found)} tokens")


def again(bench, folder, top):
    """Measures what costs little once the index is warm."""
    payload = json.dumps({"session_id": "s", "cwd": str(top), "workspace": {"current_dir": str(top)}, "version": "2.1.329",
                          "model": {"id": "claude-opus-5-5", "display_name": "Opus 5.5"}, "cost": {"total_cost_usd": 0.42}}).encode()
    answer(bench, [bench.binary, "cost", "import", "--json"], top)
    commands = {"cost import, second": (["cost", "import", "--json"], 50), "cost today --all": (["cost", "today", "--all", "--json"], 10),
                "statusline": (["statusline"], 10)}
    figures = {}
    for name, (words, _) in commands.items():
        figures.update(bench.together({name: [bench.binary, *words]}, top, 15, payload if name == "statusline" else b""))
    size = sum(path.stat().st_size for path in (folder / "wfo").rglob("*") if path.is_file()) / 2 ** 20
    bench.table("(g) costs, index warm", figures, "cost import, second", f" (the index holds {size:.1f} MiB)")
    for name, (_, limit) in commands.items():
        bench.verdict(f"{name} under {limit} ms: {figures[name][1]:.1f} wall", figures[name][1] < limit)


def section(bench):
    """Measures everything; exit 1 where the import does not work."""
    folder, truth = tree(bench.root)
    top, saved = bench.small(), bench.env
    bench.env = dict(saved, CLAUDE_CONFIG_DIR=str(folder), WFO_NOW=truth["now"])
    try:
        if not first_import(bench, folder, truth, top):
            return 1
        again(bench, folder, top)
    finally:
        bench.env = saved
    return 0
