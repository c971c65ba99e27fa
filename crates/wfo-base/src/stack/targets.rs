//! Targets of Makefiles and justfiles that are named like a purpose. Evidence only: nobody's recipe becomes a command.

use super::folder::Folder;
use super::{Evidence, Slot};
use crate::problem::Diagnostic;

/// Files that hold targets.
const FILES: [&str; 6] = ["GNUmakefile", "Makefile", "makefile", "Justfile", "justfile", ".justfile"];

/// Returns the targets named `test`, `build`, `lint`, `format`, `fmt`, `coverage` or `audit`.
pub(super) fn evidence(folder: &Folder<'_>, notes: &mut Vec<Diagnostic>) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = Vec::new();
    for file in FILES {
        let Some(text) = folder.page(file, notes) else { continue };
        for name in text.lines().filter_map(target) {
            let says = format!("target `{name}`");
            if !found.iter().any(|known| known.file == file && known.says == says) {
                found.push(Evidence { file: file.to_owned(), says });
            }
        }
    }
    found
}

/// Returns the known name that a line defines as a target: `test: build`, `test arg='x':`, not `test := 1`.
fn target(line: &str) -> Option<&'static str> {
    let (head, rest) = line.split_once(':')?;
    if rest.starts_with('=') || head.starts_with([' ', '\t', '#']) {
        return None;
    }
    let name = head.split_whitespace().next()?.trim_start_matches('@');
    Slot::ALL.iter().map(|slot| slot.word()).chain(["fmt"]).find(|known| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_told_from_variables_recipes_and_comments() {
        for (line, found) in [
            ("test: build", Some("test")),
            ("@lint:", Some("lint")),
            ("fmt arg='x': dep", Some("fmt")),
            ("test := 1", None),
            ("test:= 1", None),
            ("\ttest: not a target", None),
            ("# test: no", None),
            ("tests:", None),
            ("test", None),
        ] {
            assert_eq!(target(line), found, "{line}");
        }
    }
}
