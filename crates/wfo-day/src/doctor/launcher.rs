//! Looks which `wfo-helper` a shell and Claude Code start, and whether it is this version.
//! Runs only programs in absolute folders of PATH and the plugin's own launcher, with `--version`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use wfo_base::process::Run;

use super::Check;
use crate::tools::{self, is_executable};

/// The program's name.
pub(super) const NAME: &str = "wfo-helper";
/// How long it may take to tell its version.
const TIME: Duration = Duration::from_secs(2);

/// Finds the first `wfo-helper` in an absolute folder of PATH.
pub(super) fn on_path() -> Option<PathBuf> {
    tools::on_path(NAME)
}

/// Starts what a shell would start, and what the plugin's hooks start.
pub(super) fn check(on_path: Option<&Path>, plugin: Option<&Path>, version: &str) -> Check {
    let own = plugin.map(|root| root.join("bin").join(NAME));
    if let Some(own) = own.as_deref().filter(|own| !is_executable(own)) {
        return Check::fail(
            "launcher",
            format!("{} is missing or cannot be run, so no hook of the plugin works", own.display()),
        )
        .fix(format!("run `chmod +x {}`, or install the plugin anew", own.display()));
    }
    let mut places: Vec<&Path> = on_path.into_iter().chain(own.as_deref()).collect();
    places.dedup();
    if places.is_empty() {
        return Check::fail("launcher", "no `wfo-helper` on PATH and no plugin that would put one there")
            .fix("run `sh scripts/install.sh --link` in wfo's folder, or install the plugin");
    }
    let install = plugin
        .map_or_else(|| "sh scripts/install.sh".to_owned(), |root| format!("sh {}/scripts/install.sh", root.display()));
    for place in &places {
        match answered(place) {
            Ok(other) if other == version => {}
            Ok(other) => {
                return Check::fail(
                    "launcher",
                    format!("{} starts version {other}; this is {version}", place.display()),
                )
                .fix(format!("run `{install}`, and remove older copies from PATH"));
            }
            Err(why) => {
                return Check::fail("launcher", format!("{} does not start: {why}", place.display()))
                    .fix(format!("run `{install}`"));
            }
        }
    }
    let shown: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
    let shell = if on_path.is_some() { "" } else { " (not on this shell's PATH; Claude Code puts it on its own)" };
    Check::pass("launcher", format!("{}{shell}", shown.join(" and ")))
}

/// Asks a program for its version.
fn answered(program: &Path) -> Result<String, String> {
    let ran = Run::new(program).arg("--version").limit(TIME).cap(4096).run().map_err(|problem| problem.message)?;
    let line = String::from_utf8_lossy(&ran.stdout);
    match (ran.is_ok(), line.trim().strip_prefix(NAME)) {
        (true, Some(version)) => Ok(version.trim().to_owned()),
        (true, None) => Err("it does not answer as wfo-helper does".to_owned()),
        (false, _) => Err(format!(
            "it ended with {}",
            ran.status.map_or("a signal".to_owned(), |status| format!("status {status}"))
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::doctor::Verdict;

    fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name).join("bin/wfo-helper");
        wfo_base::atomic::make_folder(path.parent().unwrap(), false).unwrap();
        wfo_base::atomic::write(&path, format!("#!/bin/sh\n{text}\n").as_bytes()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn the_version_that_is_started_decides() {
        let folder = tempfile::tempdir().unwrap();
        let good = script(folder.path(), "good", "echo wfo-helper 0.1.0");
        let old = script(folder.path(), "old", "echo wfo-helper 0.0.9");
        let broken = script(folder.path(), "broken", "exit 30");
        let other = script(folder.path(), "other", "echo hello");
        let root = |name: &str| folder.path().join(name);
        for (on_path, plugin, verdict) in [
            (Some(&good), None, Verdict::Pass),
            (None, Some(root("good")), Verdict::Pass),
            (Some(&good), Some(root("good")), Verdict::Pass),
            (Some(&old), None, Verdict::Fail),
            (Some(&good), Some(root("broken")), Verdict::Fail),
            (Some(&broken), None, Verdict::Fail),
            (Some(&other), None, Verdict::Fail),
            (None, None, Verdict::Fail),
        ] {
            let check = check(on_path.map(PathBuf::as_path), plugin.as_deref(), "0.1.0");
            assert_eq!(check.verdict, verdict, "{check:?}");
        }
        std::fs::set_permissions(&good, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(check(None, Some(&root("good")), "0.1.0").verdict, Verdict::Fail);
    }
}
