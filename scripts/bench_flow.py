"""The workflow's figures: `next` in a small and in a large repository, one task of 500, 1,000 TODO files, the context watch of hooks."""
import json
import shutil
import statistics
import time

STAMP = "20261121T090000Z"
RUNS = 15


def todo(slug, tasks=0):
    rows = "".join(f'    - {{id: impl_{n:03}, description: "Task number {n}", status: pending, completed_at: null}}\n' for n in range(tasks))
    return (f"---\ntype: workflow-manifest\nworkflow_type: feature\nslug: {slug}\nmetadata: {{title: {slug}}}\n"
            f'workflow_progress: {{phase: 2, current_step: "2.4", status: implementation}}\ntasks:\n  implementation:\n{rows or "    []" + chr(10)}'
            f'quality_gates: {{semantic_version: "1.1.0"}}\n---\n# {slug}\n')


def begun(bench, top, name):
    """Gives a repository the branches of the git-flow, and a feature with a worktree and one commit of its own."""
    from_main = dict(cwd=top, env=bench.env)
    tree = bench.work / f"{name}-login"
    branch = f"feature/{STAMP}_login"
    if not tree.exists():
        bench_run(["git", "branch", "-f", "develop", "main"], **from_main)
        bench_run(["git", "branch", "-f", "contrib/ada", "main"], **from_main)
        bench_run(["git", "worktree", "add", "-q", "-B", branch, str(tree), "contrib/ada"], **from_main)
        (tree / "specs/login").mkdir(parents=True)
        (tree / "specs/login/spec.md").write_text("# Log in\n\nUsers log in with a name and a password.\n")
        (tree / "specs/login/plan.md").write_text("# Plan\n\n## Implementation\n\n- [ ] impl_001: write the form\n")
        (tree / "form.py").write_text("print('form')\n")
        bench_run(["git", "add", "specs", "form.py"], cwd=tree, env=bench.env)
        bench_run(["git", "commit", "-q", "-m", "feat: form"], cwd=tree, env=bench.env)
    (top / f"TODO_feature_{STAMP}_login.md").write_text(todo("login"))
    return tree


def bench_run(command, **options):
    import subprocess
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def one_task(bench, top):
    """Sets one task again and again to another status, so that every run writes."""
    walls, cpus = [], []
    runs = bench.args.runs or 21
    for number in range(runs + 1):
        status = ["in_progress", "completed", "pending"][number % 3]
        cpu, wall, _ = bench.once([bench.binary, "todo", "task", "set", "impl_250", "--status", status, "--todo", "login"], top)
        if number:
            walls.append(wall)
            cpus.append(cpu)
    return statistics.median(cpus), statistics.median(walls)


def section(bench):
    print("\n**(i) workflow** (release build, warm cache)\n\n| command | CPU ms | wall ms | bound, wall |\n|---|---:|---:|---|")
    held = []

    def row(what, cpu, wall, bound, text):
        held.append(wall <= bound)
        print(f"| {what} | {cpu:.1f} | {wall:.1f} | {text}{'' if wall <= bound else ' (**missed**)'} |")

    ask = [bench.binary, "next", "--json", "--offline", "--todo", "login", "--dry-run"]
    small = bench.repository("flow-small", 20, 4, 6, 1)
    tree = begun(bench, small, "flow-small")
    cpu, wall, _ = bench.together({"next": ask}, tree, RUNS)["next"]
    row("`next`, 20 files", cpu, wall, 25, "25")
    large = bench.repository("large", 100000, 5500, 300, 3, "packages/app/src/")
    tree = begun(bench, large, "large")
    figures = bench.together({"next": ask, "git status": ["git", "status", "--porcelain=v2", "--branch"]}, tree, 9)
    (cpu, wall, _), git = figures["next"], figures["git status"]
    row("`next`, 100,000 files", cpu, wall, git[1] + 25, f"`git status` ({git[1]:.1f}) + 25")
    (large / f"TODO_feature_{STAMP}_login.md").unlink()

    top = bench.repository("flow-tasks", 20, 4, 6, 1)
    (top / f"TODO_feature_{STAMP}_login.md").write_text(todo("login", 500))
    row("`todo task set`, 500 tasks", *one_task(bench, top), 10, "10")
    for number in range(300):
        (top / f"TODO_feature_20261101T000000Z_work-{number:04}.md").write_text(todo(f"work-{number:04}"))
    time.sleep(4)                                    # what rested for a while is remembered
    row("the same beside 300 other TODO files", *one_task(bench, top), float("inf"), "-")
    for number in range(300, 1000):
        (top / f"TODO_feature_20261101T000000Z_work-{number:04}.md").write_text(todo(f"work-{number:04}"))
    time.sleep(4)
    row("the same beside 1,000 other TODO files", *one_task(bench, top), float("inf"), "-")
    cpu, wall, _ = bench.together({"list": [bench.binary, "todo", "list", "--json", "--limit", "5"]}, top, RUNS)["list"]
    row("`todo list`, 1,001 files", cpu, wall, 100, "100")
    shutil.rmtree(top)

    transcript = bench.home / ".claude/projects/-flow/s.jsonl"
    transcript.parent.mkdir(parents=True, exist_ok=True)
    usage = {"input_tokens": 5, "cache_read_input_tokens": 50_000, "cache_creation_input_tokens": 4, "output_tokens": 6}
    line = json.dumps({"type": "assistant", "message": {"id": "m", "role": "assistant", "usage": usage}}) + "\n"
    transcript.write_text(line * 20_000)
    for event, fields in (("stop", {"stop_hook_active": False}), ("user-prompt-submit", {"prompt": "fix the login"})):
        said = {"session_id": "s", "cwd": str(small), "transcript_path": str(transcript), "hook_event_name": event, **fields}
        payload = json.dumps(said).encode()
        cpu, wall, _ = bench.together({"hook": [bench.binary, "hook", event]}, small, RUNS, payload)["hook"]
        row(f"`hook {event}`, a transcript of {transcript.stat().st_size / 1e6:.1f} MB", cpu, wall, 5, "5")
    bench.verdict("every bound of the workflow", all(held))
