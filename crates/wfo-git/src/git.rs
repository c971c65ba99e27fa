//! Calls the `git` program so that nothing a repository names is run: no hooks, no fsmonitor, no pager, no prompt,
//! no fetch of missing objects, no writing of the index. The one place that starts `git`; calls that write say so, and
//! what they may run is decided in `write`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use wfo_base::process::{Ran, Run};
use wfo_base::{Problem, codes};

use crate::layout::Layout;

/// Variables by which a caller (a git hook, for one) would point git somewhere else.
const MISLEADING: [&str; 16] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// Settings that keep a reading call from running anything.
const HARMLESS: [&str; 6] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=keep",
    "log.showSignature=false",
    "color.ui=false",
    "maintenance.auto=false",
];

/// Settings of every writing call: nothing is started that goes on afterwards, and short races are waited out by git.
const STEADY: [&str; 11] = [
    "core.fsmonitor=false",
    "core.untrackedCache=keep",
    "core.filesRefLockTimeout=2000",
    "core.packedRefsTimeout=5000",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "rerere.enabled=false",
    "log.showSignature=false",
    "advice.detachedHead=false",
    "color.ui=false",
];

/// How to call git in one checkout.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    folder: PathBuf,
    /// Where the repository lies, so that its own configuration cannot say otherwise.
    places: Vec<OsString>,
    limit: Duration,
    cap: usize,
    held: Option<Arc<File>>,
    index: Option<PathBuf>,
}

impl Git {
    /// Makes calls that find the repository from `folder` upwards.
    pub(crate) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            places: Vec::new(),
            limit: Duration::from_secs(60),
            cap: 256 << 20,
            held: None,
            index: None,
        }
    }

    /// Lets each call read another index.
    pub(crate) fn index(mut self, index: Option<&Path>) -> Self {
        self.index = index.map(Path::to_owned);
        self
    }

    /// Makes calls in a known checkout.
    pub(crate) fn of(layout: &Layout) -> Self {
        let flag = |name: &str, path: &Path| {
            let mut flag = OsString::from(name);
            flag.push(path);
            flag
        };
        let mut places = vec![flag("--git-dir=", &layout.git_dir)];
        if !layout.bare {
            places.push(flag("--work-tree=", &layout.root));
        }
        Self { places, ..Self::at(&layout.root) }
    }

    /// Sets the time limit of each call.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Lets each call hold an open file: see [`Run::hold`].
    pub(crate) fn hold(mut self, file: Option<&Arc<File>>) -> Self {
        self.held = file.cloned();
        self
    }

    /// Prepares one call.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        self.call(HARMLESS, args).env("GIT_OPTIONAL_LOCKS", Some("0"))
    }

    /// Prepares one call that may write. It runs what the configuration names unless `settings` (`-c`'s values) say
    /// otherwise, but no editor, no pager, no prompt and no fsmonitor.
    pub(crate) fn writing<A: AsRef<OsStr>>(&self, settings: &[OsString], args: impl IntoIterator<Item = A>) -> Run {
        let settings = STEADY.iter().map(OsStr::new).chain(settings.iter().map(OsString::as_os_str));
        self.call(settings, args)
            .env("GIT_EDITOR", Some(":"))
            .env("GIT_SEQUENCE_EDITOR", Some(":"))
            .env("GIT_MERGE_AUTOEDIT", Some("no"))
            .env("GIT_REFLOG_ACTION", None)
            .env("GIT_ATTR_SOURCE", None)
            .env("GPG_TTY", None)
            .env("SSH_ASKPASS", Some("false"))
            .env("SSH_ASKPASS_REQUIRE", Some("force"))
    }

    fn call<S: AsRef<OsStr>, A: AsRef<OsStr>>(
        &self,
        settings: impl IntoIterator<Item = S>,
        args: impl IntoIterator<Item = A>,
    ) -> Run {
        let run = Run::new("git").folder(&self.folder).limit(self.limit).cap(self.cap).hold(self.held.as_ref());
        let mut run = run.arg("--no-pager");
        run = run.args(&self.places);
        for setting in settings {
            run = run.arg("-c").arg(setting);
        }
        for name in MISLEADING {
            run = run.env(name, None);
        }
        if let Some(index) = &self.index {
            run = run.env_path("GIT_INDEX_FILE", index);
        }
        run.args(args)
            .env("GIT_TERMINAL_PROMPT", Some("0"))
            .env("GIT_NO_LAZY_FETCH", Some("1"))
            .env("GIT_ALLOW_PROTOCOL", Some("none"))
            .env("GIT_EXTERNAL_DIFF", None)
            .env("GIT_PAGER", Some("cat"))
            .env("LC_ALL", Some("C"))
    }

    /// Runs one call and returns what it printed.
    ///
    /// # Errors
    /// `tool.missing`, `tool.timeout`, and `tool.failed` with git's first line when it ends badly.
    pub(crate) fn output<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Vec<u8>, Problem> {
        judge(self.run(args).run()?)
    }

    /// Names the content filters that the repository's own configuration defines.
    ///
    /// # Errors
    /// As [`Git::output`].
    pub(crate) fn own_filters(&self) -> Result<Vec<Vec<u8>>, Problem> {
        let output = self.output(["config", "--list", "--name-only", "--show-scope", "-z"])?;
        let mut words = output.split(|byte| *byte == 0);
        let mut names = Vec::new();
        while let (Some(scope), Some(key)) = (words.next(), words.next()) {
            let name = key.strip_prefix(b"filter.").and_then(|key| {
                let end = key.iter().rposition(|byte| *byte == b'.')?;
                key.get(..end)
            });
            if let Some(name) = name.filter(|_| scope == b"local" || scope == b"worktree") {
                names.push(name.to_vec());
            }
        }
        Ok(names)
    }

    /// Asks git where the repository lies.
    ///
    /// # Errors
    /// As [`Git::output`].
    pub(crate) fn layout(&self) -> Result<Layout, Problem> {
        let text = self.output(["rev-parse", "--absolute-git-dir", "--git-common-dir", "--is-inside-work-tree"])?;
        let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        let [git_dir, common_dir, inside, ..] = lines.as_slice() else {
            return Err(Problem::new(codes::TOOL_FAILED, "`git rev-parse` answered too few lines"));
        };
        let common_dir = self.folder.join(OsStr::from_bytes(common_dir));
        let top = if *inside == b"true" { Some(self.output(["rev-parse", "--show-toplevel"])?) } else { None };
        let top = top.as_deref().map(|top| Path::new(OsStr::from_bytes(top.strip_suffix(b"\n").unwrap_or(top))));
        Ok(Layout::new(Path::new(OsStr::from_bytes(git_dir)), &common_dir, top))
    }
}

/// Turns a call that ended badly into a problem.
pub(crate) fn judge(ran: Ran) -> Result<Vec<u8>, Problem> {
    if ran.is_ok() && !ran.cut {
        return Ok(ran.stdout);
    }
    let said = String::from_utf8_lossy(&ran.stderr);
    let said = wfo_base::text::one_line(said.lines().next().unwrap_or("no message")).into_owned();
    let how = match ran.status {
        _ if ran.cut => "printed more than is read".to_owned(),
        Some(status) => format!("ended with status {status}: {said}"),
        None => "was ended by a signal".to_owned(),
    };
    Err(Problem::new(codes::TOOL_FAILED, format!("`git` {how}")).hint("run `git status` to see what is wrong"))
}
