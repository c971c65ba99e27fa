//! Plans of features and options of a piece of research: reads the file that was named, or standard input, and works it out
//! with the prices in force.

use std::path::Path;

use wfo_base::text::code_span;
use wfo_base::{Diagnostic, Problem, codes, read};
use wfo_cost::{Estimate, Projection, estimate, project};

use super::Accounts;

/// The most of a file that is read: 1 MiB.
const LIMIT: u64 = read::PAGE_LIMIT;

/// What a file came to.
#[derive(Debug)]
pub struct Worked<T> {
    /// The file as answers name it; `-` for standard input.
    pub file: String,
    /// The result.
    pub value: T,
}

impl Accounts<'_> {
    /// Works out what building a feature will cost; `path` is relative to the folder the command works in,
    /// or `-`.
    ///
    /// # Errors
    /// `file.missing`, `file.not-regular`, `file.too-large`, `file.not-utf8`, `cost.plan-invalid` with the line.
    pub fn estimate(&self, path: &Path, notes: &mut Vec<Diagnostic>) -> Result<Worked<Estimate>, Problem> {
        let (file, text) = self.plan(path)?;
        let at = self.clock.now().timestamp();
        let value = estimate(&file, &text, &self.prices, &self.infrastructure(notes), at)?.drain_into(notes);
        Ok(Worked { file, value })
    }

    /// Works out what options would cost a month at each scale; `path` is relative to the folder the command works in,
    /// or `-`.
    ///
    /// # Errors
    /// As [`Accounts::estimate`].
    pub fn project(&self, path: &Path, notes: &mut Vec<Diagnostic>) -> Result<Worked<Projection>, Problem> {
        let (file, text) = self.plan(path)?;
        let at = self.clock.now().timestamp();
        let value = project(&file, &text, &self.prices, &self.infrastructure(notes), at)?.drain_into(notes);
        Ok(Worked { file, value })
    }

    /// Reads the file; returns its name and its text.
    fn plan(&self, path: &Path) -> Result<(String, String), Problem> {
        let (file, page) = if path == Path::new("-") {
            ("-".to_owned(), Some(read::stdin(LIMIT)?))
        } else {
            let path = self.place.folder().join(path);
            (self.place.shown(&path), read::own(&path, LIMIT)?)
        };
        let Some(page) = page else {
            return Err(Problem::new(codes::FILE_MISSING, format!("{} is not there", code_span(&file)))
                .hint("name a YAML or JSON file, or `-` for standard input; `wfo-helper ref costs` shows one"));
        };
        if page.lossy {
            return Err(Problem::new(codes::FILE_NOT_UTF8, format!("{} is not text in UTF-8", code_span(&file)))
                .hint("name a YAML or JSON file; `wfo-helper ref costs` shows one")
                .in_file(file));
        }
        Ok((file, page.text))
    }
}
