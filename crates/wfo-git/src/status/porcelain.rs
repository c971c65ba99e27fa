//! The third way: `git status` as a subprocess, for what the other two cannot do.
//! Nothing that the repository's configuration names is run, and the index is not written.

use wfo_base::{Problem, codes};

use super::Request;
use super::tally::{Kind, Tally};
use crate::git::judge;
use crate::repository::Repository;

/// Counts into `tally`. Git does not look into submodules here; `apart` leaves out also which commit they are at,
/// for the part that looks at all of that.
pub(crate) fn status(repository: &Repository, request: Request, apart: bool, tally: &mut Tally) -> Result<(), Problem> {
    let mut run = Vec::new();
    for setting in filters_off(repository)? {
        run.push(std::ffi::OsString::from("-c"));
        run.push(setting);
    }
    let arguments =
        ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignore-submodules=dirty", "--no-ahead-behind"];
    run.extend(arguments.map(std::ffi::OsString::from));
    let output = judge(repository.git().limit(request.patience()).run(run).run()?)?;
    parse(&output, apart, tally)
}

/// The settings that switch off the content filters of the repository's own configuration.
///
/// # Errors
/// `git.part-failed` for a filter whose name no setting can hold.
pub(crate) fn filters_off(repository: &Repository) -> Result<Vec<std::ffi::OsString>, Problem> {
    let mut settings = Vec::new();
    for name in repository.own_filters()? {
        if name.contains(&b'=') || name.contains(&b'\n') {
            return Err(Problem::new(
                codes::GIT_PART_FAILED,
                format!("a content filter is named `{}`, which cannot be switched off", String::from_utf8_lossy(&name)),
            )
            .hint("remove it from `.git/config`"));
        }
        settings.extend([".clean=", ".process=", ".required=false"].map(|setting| setting_of(&name, setting)));
    }
    Ok(settings)
}

fn setting_of(filter: &[u8], setting: &str) -> std::ffi::OsString {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec([b"filter.", filter, setting.as_bytes()].concat())
}

/// Reads the lines of `--porcelain=v2 -z`; with `apart`, what submodules did in the work tree is left out.
pub(crate) fn parse(output: &[u8], apart: bool, tally: &mut Tally) -> Result<(), Problem> {
    let mut records = output.split(|byte| *byte == 0);
    while let Some(record) = records.next() {
        let (fields, is_rename) = match record.first() {
            None | Some(b'#' | b'!') => continue,
            Some(b'1') => (8, false),
            Some(b'2') => (9, true),
            Some(b'u') => (10, false),
            Some(b'?') => (1, false),
            Some(_) => return Err(unreadable(record)),
        };
        let path = path_after(record, fields).ok_or_else(|| unreadable(record))?;
        if is_rename {
            records.next();
        }
        match record {
            [b'u', ..] => tally.add(Kind::Conflicted, || path.to_vec()),
            [b'?', ..] => tally.add(Kind::Untracked, || path.to_vec()),
            [_, b' ', staged, unstaged, ..] => {
                if *staged != b'.' {
                    tally.add(Kind::Staged, || path.to_vec());
                }
                let is_submodule = record.split(|byte| *byte == b' ').nth(4) == Some(b"160000");
                if *unstaged != b'.' && !(apart && is_submodule) {
                    tally.add(Kind::Unstaged, || path.to_vec());
                }
            }
            _ => return Err(unreadable(record)),
        }
    }
    Ok(())
}

/// Returns what follows after so many fields.
fn path_after(record: &[u8], fields: usize) -> Option<&[u8]> {
    record.splitn(fields + 1, |byte| *byte == b' ').nth(fields)
}

fn unreadable(record: &[u8]) -> Problem {
    let shown = String::from_utf8_lossy(record);
    Problem::new(codes::TOOL_FAILED, format!("`git status` answered `{}`", wfo_base::text::quoted(&shown)))
        .hint("run `git --version`; 2.11 or newer is needed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Way;

    fn read(output: &[u8]) -> Option<(Vec<String>, [u64; 4])> {
        let mut tally = Tally::new(true);
        parse(output, false, &mut tally).ok()?;
        let (status, changes) = tally.into_status(Way::Git);
        let shown = changes.iter().map(|change| format!("{:?} {}", change.kind, change.path.escape_ascii())).collect();
        Some((shown, [status.staged, status.unstaged, status.untracked, status.conflicted]))
    }

    #[test]
    fn every_kind_of_line_is_counted_once() {
        let output = b"# branch.oid x\0\
            1 MM N... 100644 100644 100644 a b both ways\0\
            1 .D N... 100644 100644 000000 a b gone\0\
            2 R. N... 100644 100644 100644 a b R100 new name\0old name\0\
            u UU N... 100644 100644 100644 100644 a b c in conflict\0\
            ? new\nfile\0! ignored\0";
        let (paths, counts) = read(output).unwrap();
        assert_eq!(counts, [2, 2, 1, 1]);
        let expected = [
            "Staged both ways",
            "Unstaged both ways",
            "Unstaged gone",
            "Conflicted in conflict",
            "Untracked new\\nfile",
            "Staged new name",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn what_a_submodule_did_is_left_to_the_part_that_looks_inside() {
        let output = b"1 MM SCMU 160000 160000 160000 a b sub\0";
        let mut tally = Tally::new(false);
        parse(output, true, &mut tally).unwrap();
        let (status, _) = tally.into_status(Way::Git);
        assert_eq!((status.staged, status.unstaged), (1, 0));
        assert_eq!(read(output).unwrap().1, [1, 1, 0, 0]);
    }

    #[test]
    fn what_is_not_such_output_is_refused() {
        for output in [&b"X nonsense\0"[..], b"1 M\0", b"?\0", b"2 R. x\0"] {
            assert!(read(output).is_none(), "{}", output.escape_ascii());
        }
        assert_eq!(read(b"").unwrap().1, [0, 0, 0, 0]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(output: Vec<u8>) {
            let _ = read(&output);
        }
    }
}
