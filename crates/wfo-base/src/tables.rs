//! Tables that people edit: built in, then the team's, the user's and the repository's rows, laid over each other row by row.
//! A broken or forbidden row is named with file and line and left out; it never takes the table with it.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_yaml::Value;

use crate::problem::{Diagnostic, Noted, Problem};
use crate::{codes, read, text, yaml};

/// One row of a table.
pub trait Row: DeserializeOwned {
    /// Returns the name by which a later layer replaces this row.
    fn id(&self) -> &str;

    /// Checks what the types alone cannot say; the sentence goes into the answer.
    ///
    /// # Errors
    /// A sentence that says which rule does not hold.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// The built-in tables, made from `reference/data/*.yaml` by the build script: one constant for each file.
pub mod built_in {
    include!(concat!(env!("OUT_DIR"), "/built_in.rs"));
}

/// What a repository's own rows may do.
pub enum FromRepository<R> {
    /// They count like the user's.
    Free,
    /// They never count.
    Ignored,
    /// They count where the rule says that the new row is stricter than the present one (`None` = there is none yet).
    Stricter(fn(Option<&R>, &R) -> bool),
}

/// A table: its name, the text that is built in, and what a repository may add.
pub struct Table<R: 'static> {
    /// File name without `.yaml`.
    pub name: &'static str,
    /// The rows of `reference/data/<name>.yaml` as JSON, from [`built_in`].
    pub built_in: &'static str,
    /// What rows below `.wfo/data/` of a repository may do.
    pub from_repository: FromRepository<R>,
}

/// Where a row or a setting comes from, from weak to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Compiled in.
    BuiltIn,
    /// The folder that `team_data` names.
    Team,
    /// The user's CONFIG.
    User,
    /// The repository's `.wfo/`.
    Repository,
}

/// The folders whose tables lie over the built-in ones.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// The team's folder.
    pub team: Option<PathBuf>,
    /// `CONFIG/wfo/data`.
    pub user: Option<PathBuf>,
    /// The repository's root; its tables are below `.wfo/data/`.
    pub repository: Option<PathBuf>,
}

/// A table's rows with their origin, in the order of the built-in table, new rows at the end.
pub type Rows<R> = Vec<(R, Origin)>;

impl<R: Row> Table<R> {
    /// Reads all layers.
    #[must_use]
    pub fn load(&self, layers: &Layers) -> Noted<Rows<R>> {
        let mut out = self.built_in();
        let file = format!("{}.yaml", self.name);
        for (origin, folder) in [(Origin::Team, &layers.team), (Origin::User, &layers.user)] {
            if let Some(folder) = folder {
                let path = folder.join(&file);
                self.lay_over(&mut out, origin, &path.display().to_string(), read::own(&path, read::PAGE_LIMIT));
            }
        }
        if let Some(root) = &layers.repository {
            let relative = format!(".wfo/data/{file}");
            self.lay_over(&mut out, Origin::Repository, &relative, read::page(root, &relative, read::PAGE_LIMIT));
        }
        out
    }

    /// Reads the built-in rows alone.
    #[must_use]
    pub fn built_in(&self) -> Noted<Rows<R>> {
        let shown = format!("{}.yaml (built in)", self.name);
        match serde_json::from_str::<Vec<R>>(self.built_in) {
            Ok(rows) => Noted::clean(rows.into_iter().map(|row| (row, Origin::BuiltIn)).collect()),
            Err(error) => Noted { value: Vec::new(), notes: vec![fault(&shown, 1, error.to_string())] },
        }
    }

    fn lay_over(
        &self,
        out: &mut Noted<Rows<R>>,
        origin: Origin,
        shown: &str,
        page: Result<Option<read::Page>, Problem>,
    ) {
        let page = match page {
            Ok(Some(page)) => page,
            Ok(None) => return,
            Err(problem) => return out.notes.push(problem.warning()),
        };
        if origin == Origin::Repository && matches!(self.from_repository, FromRepository::Ignored) {
            let message = format!("`{shown}` does not count: rows of `{}` are taken from the user only", self.name);
            return out.notes.push(
                Problem::new(codes::TABLE_ROW_IGNORED, message)
                    .hint(format!("move the rows to `CONFIG/wfo/data/{}.yaml`", self.name))
                    .at_line(shown, 1)
                    .warning(),
            );
        }
        let parsed = parse::<R>(shown, &page.text);
        out.notes.extend(parsed.notes);
        for (row, line) in parsed.value {
            let present = out.value.iter().position(|(old, _)| old.id() == row.id());
            if let (Origin::Repository, FromRepository::Stricter(rule)) = (origin, &self.from_repository) {
                let old = present.and_then(|at| out.value.get(at)).map(|(old, _)| old);
                if !rule(old, &row) {
                    let message =
                        format!("row `{}` is not stricter than the one in force, so it does not count", row.id());
                    out.notes.push(
                        Problem::new(codes::TABLE_ROW_IGNORED, message)
                            .hint("a repository may tighten this table, not loosen it")
                            .at_line(shown, line)
                            .warning(),
                    );
                    continue;
                }
            }
            match present.and_then(|at| out.value.get_mut(at)) {
                Some(slot) => *slot = (row, origin),
                None => out.value.push((row, origin)),
            }
        }
    }
}

/// Reads a table's text: a `rows:` list; each good row with its line, each bad one as a warning.
#[must_use]
pub fn parse<R: Row>(shown: &str, text: &str) -> Noted<Vec<(R, usize)>> {
    let mut out = Noted { value: Vec::new(), notes: Vec::new() };
    let rows = match rows_of(shown, text) {
        Ok(rows) => rows,
        Err(problem) => {
            out.notes.push(problem.warning());
            return out;
        }
    };
    let lines = row_lines(text);
    for (index, value) in rows.into_iter().enumerate() {
        let line = lines.get(index).copied().unwrap_or(1);
        match serde_yaml::from_value::<R>(value)
            .map_err(|error| error.to_string())
            .and_then(|row| row.check().map(|()| row))
        {
            Ok(row) if out.value.iter().any(|(old, _): &(R, usize)| old.id() == row.id()) => {
                out.notes.push(fault(shown, line, format!("row `{}` stands twice", row.id())));
            }
            Ok(row) => out.value.push((row, line)),
            Err(error) => out.notes.push(fault(
                shown,
                line,
                format!("row {} cannot be read: {}", index + 1, text::clip(&error, 300)),
            )),
        }
    }
    out
}

fn rows_of(shown: &str, text: &str) -> Result<Vec<Value>, Problem> {
    let whole: Value = yaml::parse(text).map_err(|fault| unreadable(shown, &fault))?;
    let broken = |message: &str| {
        Problem::new(codes::TABLE_INVALID, message)
            .hint("write `rows:` and below it one `- id: ...` for each row")
            .at_line(shown, 1)
    };
    match whole {
        Value::Null => Ok(Vec::new()),
        Value::Mapping(map) => match map.get("rows") {
            Some(Value::Sequence(rows)) => Ok(rows.clone()),
            Some(Value::Null) => Ok(Vec::new()),
            _ => Err(broken("a table needs a list named `rows`")),
        },
        _ => Err(broken("a table is a mapping with a list named `rows`")),
    }
}

fn unreadable(shown: &str, fault: &yaml::Fault) -> Problem {
    let (line, column) = fault.place.unwrap_or((1, 1));
    Problem::new(codes::TABLE_INVALID, format!("not readable as YAML: {}", fault.message))
        .hint(format!("correct `{shown}`, then run `wfo-helper data check`"))
        .at(shown, line, column)
}

fn fault(shown: &str, line: usize, message: String) -> Diagnostic {
    Problem::new(codes::TABLE_INVALID, message)
        .hint(format!("correct `{shown}`, then run `wfo-helper data check`"))
        .at_line(shown, line)
        .warning()
}

/// Returns the line (from 1) of each item of the top-level `rows:` list.
fn row_lines(text: &str) -> Vec<usize> {
    let mut indent = None;
    let mut inside = false;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        let blanks = line.len() - bare.len();
        if bare.starts_with('#') || bare.is_empty() {
            continue;
        }
        if !inside {
            inside = line.starts_with("rows:");
        } else if bare == "-" || bare.starts_with("- ") {
            if *indent.get_or_insert(blanks) == blanks {
                found.push(index + 1);
            }
        } else if blanks == 0 {
            break;
        }
    }
    found
}

/// Says whether a path is a table's file below a `data` folder.
#[must_use]
pub fn table_name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.strip_suffix(".yaml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Limit {
        id: String,
        value: u32,
    }

    impl Row for Limit {
        fn id(&self) -> &str {
            &self.id
        }
    }

    fn limit(id: &str, value: u32) -> Limit {
        Limit { id: id.into(), value }
    }

    const TEXT: &str = r#"[{"id":"a","value":4},{"id":"b","value":7}]"#;

    fn table(from_repository: FromRepository<Limit>) -> Table<Limit> {
        Table { name: "limits", built_in: TEXT, from_repository }
    }

    fn layers(user: &str, repository: &str) -> (tempfile::TempDir, Layers) {
        let folder = tempfile::tempdir().unwrap();
        crate::atomic::make_folder(&folder.path().join("repo/.wfo/data"), false).unwrap();
        crate::atomic::write(&folder.path().join("limits.yaml"), user.as_bytes()).unwrap();
        crate::atomic::write(&folder.path().join("repo/.wfo/data/limits.yaml"), repository.as_bytes()).unwrap();
        let layers =
            Layers { team: None, user: Some(folder.path().into()), repository: Some(folder.path().join("repo")) };
        (folder, layers)
    }

    #[test]
    fn later_layers_replace_rows_by_id_and_add_new_ones() {
        let (_folder, layers) = layers("rows: [{id: b, value: 8}]", "rows: [{id: a, value: 1}, {id: c, value: 2}]");
        let loaded = table(FromRepository::Free).load(&layers);
        assert_eq!(loaded.notes, vec![]);
        assert_eq!(
            loaded.value,
            vec![
                (limit("a", 1), Origin::Repository),
                (limit("b", 8), Origin::User),
                (limit("c", 2), Origin::Repository)
            ]
        );
    }

    #[test]
    fn a_repository_may_tighten_but_not_loosen() {
        let (_folder, layers) = layers("", "rows:\n- {id: a, value: 3}\n- {id: b, value: 9}\n");
        let loaded =
            table(FromRepository::Stricter(|old, new| old.is_some_and(|old| new.value < old.value))).load(&layers);
        assert_eq!(loaded.value.iter().map(|(row, _)| row.value).collect::<Vec<_>>(), vec![3, 7]);
        let place = loaded.notes[0].problem.location.clone().unwrap();
        assert_eq!((place.file.as_str(), place.line), (".wfo/data/limits.yaml", Some(3)));
    }

    #[test]
    fn a_table_closed_to_repositories_says_so() {
        let (_folder, layers) = layers("", "rows: []");
        let loaded = table(FromRepository::Ignored).load(&layers);
        assert_eq!((loaded.value.len(), loaded.notes[0].problem.code), (2, codes::TABLE_ROW_IGNORED));
    }

    #[test]
    fn a_bad_row_is_named_with_its_line_and_the_others_stay() {
        for (text, line) in [
            ("rows:\n- {id: x, value: 1}\n# note\n- {id: y}\n", 4),
            ("rows:\n- {id: x, value: 1}\n- {id: y, value: 1, other: 2}\n", 3),
            ("rows:\n- {id: x, value: 1}\n- {id: x, value: 2}\n", 3),
        ] {
            let parsed = parse::<Limit>("t.yaml", text);
            assert_eq!(parsed.value.len(), 1, "{text}");
            assert_eq!(parsed.notes[0].problem.location.as_ref().unwrap().line, Some(line), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_table_is_one_warning() {
        for text in ["[", "- a", "rows: 3", "x: 1", "\t", "rows:\n  - a: *nope"] {
            assert_eq!(parse::<Limit>("t.yaml", text).notes.len(), 1, "{text}");
        }
        assert_eq!(parse::<Limit>("t.yaml", "").notes.len(), 0);
    }
}
