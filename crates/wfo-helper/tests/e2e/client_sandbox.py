"""The place a scenario is played in: a temporary HOME, CONFIG, project and environment.

Nothing of the machine's own is inherited: no settings, no keys, no git identity, no
environment variable.  Both drivers and the runner build on it.
"""
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PLUGIN_PARTS = (".claude-plugin", "skills", "hooks", "bin", "reference", "templates",
                "README.md", "LICENSE", "CHANGELOG.md")

# Everything that would make the client talk to anything but the mock, or wait.
QUIET = {
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "DISABLE_FEEDBACK_COMMAND": "1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL": "1",
    "CLAUDE_CODE_MAX_RETRIES": "1",
    "NO_PROXY": "127.0.0.1,localhost",
}

GIT_CONFIG = """[user]
\tname = Ada
\temail = ada@example.com
[init]
\tdefaultBranch = main
[commit]
\tgpgsign = false
"""


def copy_plugin(root, target):
    """Copies what a plugin consists of, and nothing else of the repository, into `target`."""
    target.mkdir(parents=True, exist_ok=True)
    for name in PLUGIN_PARTS:
        source = root / name
        if source.is_dir():
            shutil.copytree(str(source), str(target / name), symlinks=True)
        elif source.exists():
            shutil.copy2(str(source), str(target / name))


def search_path():
    """The PATH of the client: the system's folders, and those of git and node where they lie elsewhere."""
    folders = ["/usr/local/bin", "/usr/bin", "/bin"]
    for name in ("node", "git"):
        program = shutil.which(name)
        if program and os.path.dirname(program) not in folders:
            folders.insert(0, os.path.dirname(program))
    return ":".join(folders)


class Sandbox:
    """One run's folders; use it in a `with` block, which removes them (unless `keep`)."""

    def __init__(self, kit, keep=None):
        """`kit`: paths of `claude`, `plugin` and `helper` (None: no binary anywhere)."""
        self.kit = kit
        self.kept = keep is not None
        if keep:
            shutil.rmtree(str(keep), ignore_errors=True)
            keep.mkdir(parents=True)
        self.work = Path(keep or tempfile.mkdtemp(prefix="wfo-e2e-")).resolve()
        self.home = self.work / "home"
        self.config = self.home / ".claude"
        self.project = self.work / "demo"
        self.names = {"claude": str(kit["claude"]), "plugin": str(kit["plugin"]),
                      "home": str(self.home), "config": str(self.config),
                      "project": str(self.project)}

    def __enter__(self):
        for folder in (self.config, self.home / "tmp", self.project):
            folder.mkdir(parents=True, exist_ok=True)
        (self.home / ".gitconfig").write_text(GIT_CONFIG, encoding="utf-8")
        return self

    def __exit__(self, *_failure):
        if not self.kept:
            shutil.rmtree(str(self.work), ignore_errors=True)

    def environment(self, **more):
        """The whole environment of a process in the sandbox."""
        path = "%s/bin:%s" % (self.home, search_path())      # a scenario's stand-ins come first
        return dict(QUIET, PATH=path, HOME=str(self.home), TMPDIR=str(self.home / "tmp"),
                    CLAUDE_CONFIG_DIR=str(self.config), LANG="C.UTF-8", TZ="UTC", TERM="dumb",
                    SHELL="/bin/bash", GIT_CONFIG_NOSYSTEM="1", **more)

    def client_environment(self, url, scenario, mode):
        """The client's environment: the sandbox, the mock as its only API, the scenario's own."""
        more = {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "key-of-the-mock"}
        if mode == "bypassPermissions" and os.geteuid() == 0:
            more["IS_SANDBOX"] = "1"        # without it the client refuses that mode to root
        return dict(self.environment(**more), **(scenario.get("env") or {}))

    def client_command(self, scenario, mode):
        """The client's command line up to what the driver adds."""
        command = [str(self.kit["claude"]), "--plugin-dir", str(self.kit["plugin"]),
                   "--permission-mode", mode]
        if scenario.get("allow"):
            command += ["--allowedTools"] + list(scenario["allow"])
        return command + list(scenario.get("args") or [])

    def expand(self, value):
        """Puts the sandbox's names ({{project}}, {{config}}, captures ...) into a scenario."""
        if isinstance(value, dict):
            return {key: self.expand(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.expand(inner) for inner in value]
        if isinstance(value, str):
            for name, text in self.names.items():
                value = value.replace("{{%s}}" % name, text)
        return value

    def shell(self, command, timeout=120):
        """Runs a shell command in the project; the finished process."""
        return subprocess.run(["/bin/sh", "-c", command], cwd=str(self.project),
                              env=self.environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True, timeout=timeout)

    def prepare(self, scenario):
        """Makes the project as the scenario says; the scenario with every name put in."""
        if scenario.get("helper", "installed") == "installed":
            folder = self.config / "wfo" / "bin"
            folder.mkdir(parents=True, exist_ok=True)
            (self.config / "wfo").chmod(0o700)
            shutil.copy2(str(self.kit["helper"]), str(folder / "wfo-helper"))
            self.names["helper"] = str(folder / "wfo-helper")
        for name, text in (scenario.get("files") or {}).items():
            path = self.project / self.expand(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = self.expand("\n".join(text) + "\n" if isinstance(text, list) else text)
            path.write_text(text, encoding="utf-8")
        for command in scenario.get("setup") or []:
            done = self.shell(self.expand(command))
            if done.returncode:
                raise RuntimeError("setup `%s` gave %d: %s" % (
                    command, done.returncode, done.stderr.strip()[-400:]))
        for name, command in (scenario.get("captures") or {}).items():
            self.names[name] = self.shell(self.expand(command)).stdout.strip()
            if not self.names[name]:
                raise RuntimeError("capture %s: `%s` printed nothing" % (name, command))
        return self.expand(scenario)

    def transcripts(self):
        """The text of every session transcript that the client wrote."""
        return "\n".join(path.read_text(encoding="utf-8", errors="replace")
                         for path in sorted(self.config.glob("projects/**/*.jsonl")))

    def transcript_hooks(self):
        """The hook runs that the transcripts tell of: event, name, exit, stdout, stderr."""
        hooks = []
        for line in self.transcripts().splitlines():
            try:
                told = json.loads(line).get("attachment") or {}
            except (ValueError, AttributeError):
                continue
            if isinstance(told, dict) and told.get("hookEvent"):
                hooks.append({"event": told["hookEvent"], "name": told.get("hookName"),
                              "exit": told.get("exitCode"), "stdout": told.get("stdout") or "",
                              "stderr": told.get("stderr") or ""})
        return hooks
