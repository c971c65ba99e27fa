//! Writes ports into env files: only the lines of their variables, only inside a work tree, never through a link.

use std::path::{Component, Path};

use wfo_base::tables::Origin;
use wfo_base::{Problem, atomic, codes, read};
use wfo_worktree::Missing;

use super::site::Site;

/// The most of an env file that is read: 1 MiB.
const LIMIT: u64 = 1 << 20;
/// Folders that are not written into.
const CLOSED: [&str; 3] = [".git", ".claude", ".wfo"];

/// Returns the variables for ports, in order: those that are named, else the setting `port.names`.
///
/// # Errors
/// `port.invalid` for what is no name of a variable.
pub(crate) fn names(site: &Site<'_>, named: &[String]) -> Result<Vec<String>, Problem> {
    let names = if named.is_empty() { set(site) } else { named.to_vec() };
    names.iter().try_for_each(|name| wfo_worktree::require_name(name))?;
    Ok(names)
}

/// Reads the setting. A repository may name only what looks like a port: any other line of an env file is not its to write.
fn set(site: &Site<'_>) -> Vec<String> {
    const USUAL: &str = "PORT";
    let setting = site.config.setting("port.names");
    let foreign = setting.is_some_and(|setting| setting.origin == Origin::Repository);
    let text = setting.and_then(|setting| setting.value.as_deref()).unwrap_or(USUAL);
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let is_port = |name: &&str| name.split('_').any(|part| part == USUAL);
    let names: Vec<String> = names.filter(|name| !foreign || is_port(name)).map(str::to_owned).collect();
    if names.is_empty() { vec![USUAL.to_owned()] } else { names }
}

/// Refuses a file that is no env file of this repository's worktrees.
///
/// # Errors
/// `port.env-refused` with the rule that forbids it.
pub(crate) fn require_writable(site: &Site<'_>, file: &Path) -> Result<(), Problem> {
    let refuse = |why: &str| {
        Err(Problem::new(codes::PORT_ENV_REFUSED, format!("`{}` {why}, so it is not written", file.display()))
            .hint("name a file such as `.env` inside the work tree"))
    };
    let folder = file.parent().and_then(|folder| std::fs::canonicalize(folder).ok());
    let (Some(folder), Some(name)) = (folder, file.file_name()) else {
        return refuse("is in a folder that is not there");
    };
    let real = folder.join(name);
    match std::fs::symlink_metadata(&real) {
        Ok(meta) if meta.is_symlink() => return refuse("is a link"),
        Ok(meta) if !meta.is_file() => return refuse("is not a regular file"),
        _ => {}
    }
    let trees = [site.place.root(), site.main_root()];
    let Some(inside) = trees.iter().find_map(|tree| real.strip_prefix(tree).ok()) else {
        return refuse("is not in this work tree");
    };
    let closed = |part: Component<'_>| CLOSED.iter().any(|name| part.as_os_str().eq_ignore_ascii_case(name));
    if inside.components().any(closed) { refuse("lies where wfo does not write") } else { Ok(()) }
}

/// Writes ports under their names; those beyond the names are not written. Says whether the file is (or with `dry_run` would
/// be) another than before.
///
/// # Errors
/// `port.env-refused` for a file that is not UTF-8, `file.*` for one that cannot be read or written.
pub(crate) fn write(file: &Path, values: &[(String, u16)], missing: Missing, dry_run: bool) -> Result<bool, Problem> {
    let folder = file.parent().unwrap_or(Path::new("/"));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let old = match read::raw(folder, &name, LIMIT)? {
        None => None,
        Some(bytes) => Some(String::from_utf8(bytes).map_err(|_| {
            Problem::new(codes::PORT_ENV_REFUSED, format!("`{}` is not UTF-8, so it is not written", file.display()))
                .hint("write the ports into it by hand")
        })?),
    };
    let new = wfo_worktree::with_ports(old.as_deref().unwrap_or_default(), values, missing);
    let changes = old.as_deref().unwrap_or_default() != new;
    if changes && !dry_run {
        match old {
            // Env files hold secrets sooner or later.
            None => atomic::write_private(file, new.as_bytes())?,
            Some(_) => atomic::write(file, new.as_bytes())?,
        }
    }
    Ok(changes)
}

/// Pairs variables with ports, in order.
pub(crate) fn values(names: &[String], ports: &[u16]) -> Vec<(String, u16)> {
    names.iter().cloned().zip(ports.iter().copied()).collect()
}
