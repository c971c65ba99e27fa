//! An ordinary user: permissions do not bite root, so root lends the sandbox to somebody else for one call.

use std::path::Path;

use super::{Call, Done, Sandbox, binary};

/// The id that root lends to; no account is needed for it.
const NOBODY: u32 = 65_534;

/// Runs the helper in the sandbox's project as somebody whom permissions stop. `None`, said out loud, where that cannot be done.
pub(crate) fn as_ordinary_user(sandbox: &Sandbox, arguments: &[&str]) -> Option<Done> {
    use std::os::unix::fs::MetadataExt;
    let own = Path::new("/proc/self").metadata().map_or(1, |meta| meta.uid());
    if own != 0 {
        return Some(Call::new(binary()).args(arguments).run(sandbox));
    }
    let id = NOBODY.to_string();
    let lent = lend(&sandbox.at(""), NOBODY);
    let reach = Call::new("setpriv").args(["--reuid", &id, "--regid", &id, "--clear-groups", "--"]);
    let tried = lent.then(|| reach.args([binary()]).args(arguments).run(sandbox));
    lend(&sandbox.at(""), 0);
    // 126 and 127: the program of the tests lies where that user may not go
    match tried {
        Some(done) if !matches!(done.status, Some(126 | 127)) => Some(done),
        _ => {
            eprintln!("skipped: the tests run as root, which no permission stops, and nobody else could be made");
            None
        }
    }
}

/// Gives every path of a folder to a user.
fn lend(path: &Path, user: u32) -> bool {
    let inner = std::fs::read_dir(path).into_iter().flatten().flatten();
    let below =
        inner.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).all(|entry| lend(&entry.path(), user));
    let files = std::fs::read_dir(path).into_iter().flatten().flatten();
    let here = files.map(|entry| entry.path()).chain([path.to_owned()]);
    below && here.into_iter().all(|path| std::os::unix::fs::lchown(path, Some(user), Some(user)).is_ok())
}
