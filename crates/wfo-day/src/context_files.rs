//! The pages that hold a project's context, looked for in a fixed order of importance.

use std::path::Path;

use wfo_base::{Diagnostic, Problem, codes, read, text};

use crate::briefing::ContextFile;

/// Names in priority order.
pub(crate) const NAMES: [&str; 7] = [
    "PROJECT_CONTEXT.md",
    "CLAUDE.md",
    "TASK.md",
    "PLANNING.md",
    "Backlog.md",
    ".taskmaster/docs/prd.txt",
    "AGENTS.md",
];

/// The pages that were found, with the text of those that are parsed.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    pub(crate) files: Vec<ContextFile>,
    texts: Vec<(&'static str, String)>,
    pub(crate) notes: Vec<Diagnostic>,
}

impl Pages {
    /// Returns the text of a page that is parsed.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }
}

/// Looks for the pages below `root`; one that is larger than `limit` bytes is counted by its size only.
pub(crate) fn pages(root: &Path, limit: u64) -> Pages {
    let mut pages = Pages::default();
    for name in NAMES {
        let found = match read::find(root, name) {
            Ok(Some(found)) => found,
            Ok(None) => continue,
            Err(problem) => {
                pages.notes.push(problem.warning());
                continue;
            }
        };
        let bytes = found.bytes;
        let tokens = match read::load(&found, name, limit) {
            Ok(page) => {
                if page.lossy {
                    pages.notes.push(not_utf8(name));
                }
                let tokens = text::tokens(&page.text);
                pages.texts.push((name, page.text));
                tokens
            }
            Err(problem) => {
                pages.notes.push(problem.warning());
                bytes.div_ceil(4)
            }
        };
        pages.files.push(ContextFile { path: name.to_owned(), bytes, tokens });
    }
    pages
}

fn not_utf8(name: &str) -> Diagnostic {
    Problem::new(codes::FILE_NOT_UTF8, format!("`{name}` holds bytes that are not UTF-8; they were replaced"))
        .hint(format!("save `{name}` as UTF-8"))
        .in_file(name)
        .warning()
}
