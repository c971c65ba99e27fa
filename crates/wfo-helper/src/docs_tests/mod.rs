//! Tests that keep the documents true: every quoted command exists, every generated part is what the program says now.
//! `WFO_WRITE_DOCS=1` (that is `scripts/gen`) writes the generated parts anew instead of comparing them.
//! What needs the built program is tested in `tests/reference.rs` and `tests/examples.rs`.

mod command_lines;
mod generated;
mod quotes;

use std::path::{Path, PathBuf};

/// Returns the top of this repository.
fn repository() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in crates/");
    crates.parent().expect("crates/ lies in the repository").to_owned()
}

/// Returns all files below `folder` whose names end in one of `endings`, sorted; build output and hidden folders of git are passed over.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of this repository").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().expect("a kind of file");
            if kind.is_dir() && !["target", ".git", "node_modules"].contains(&name.as_str()) {
                open.push(entry.path());
            } else if kind.is_file() && endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

/// Shows a path relative to the repository.
fn shown(path: &Path) -> String {
    path.strip_prefix(repository()).unwrap_or(path).display().to_string()
}

/// Reads a file of this repository.
fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", shown(path)))
}
