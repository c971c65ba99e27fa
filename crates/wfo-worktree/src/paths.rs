//! Compares folders as text: blanks of writing such as `//`, `.`, `..` and a closing slash do not matter.
//! Asks the disk nothing, so two names of one folder through a link stay two.

use std::path::{Component, Path, PathBuf};

/// Returns the path without `.`, `..`, doubled and closing slashes, `~` replaced by the home folder where it is known.
#[must_use]
pub fn tidy(path: &Path, home: Option<&Path>) -> PathBuf {
    let expanded = match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    };
    let mut tidied = PathBuf::new();
    for part in expanded.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match tidied.components().next_back() {
                Some(Component::Normal(_)) => {
                    tidied.pop();
                }
                Some(Component::RootDir) => {}
                _ => tidied.push(".."),
            },
            other => tidied.push(other),
        }
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_written_in_several_ways_is_one() {
        let home = Path::new("/home/ada");
        for (written, tidied) in [
            ("/a//b/./c/", "/a/b/c"),
            ("/a/x/../b", "/a/b"),
            ("/..", "/"),
            ("../../x", "../../x"),
            ("a/../../x", "../x"),
            ("~/tmp/worktrees/app", "/home/ada/tmp/worktrees/app"),
            ("~ada/x", "~ada/x"),
            ("/a b/c", "/a b/c"),
        ] {
            assert_eq!(tidy(Path::new(written), Some(home)), Path::new(tidied), "{written}");
        }
        assert_eq!(tidy(Path::new("~/x"), None), Path::new("~/x"));
    }
}
