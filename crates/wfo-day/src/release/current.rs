//! The version that a project's own files name: package.json, Cargo.toml, pyproject.toml at the top of the checkout.
//! Reads one key; what is worked out elsewhere, or is no version, is not told.

use std::path::Path;

use serde_json::Value;
use wfo_base::read;
use wfo_todo::version;

/// A version and the file that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The file.
    pub file: &'static str,
    /// The version.
    pub version: String,
}

/// Where to look, with the sections in which the key stands.
const FILES: [(&str, &[&str]); 3] = [
    ("Cargo.toml", &["[package]", "[workspace.package]"]),
    ("package.json", &[]),
    ("pyproject.toml", &["[project]", "[tool.poetry]"]),
];

/// Finds the first that is there.
pub(super) fn find(root: &Path) -> Option<Current> {
    FILES.iter().find_map(|(file, sections)| {
        let page = read::page(root, file, read::PAGE_LIMIT).ok()??;
        let found = match sections.is_empty() {
            true => of_json(&page.text),
            false => of_sections(&page.text, sections),
        };
        let version = found.filter(|text| version::read(text).is_some())?;
        Some(Current { file, version })
    })
}

fn of_json(page: &str) -> Option<String> {
    let value: Value = serde_json::from_str(page).ok()?;
    Some(value.get("version")?.as_str()?.to_owned())
}

fn of_sections(page: &str, sections: &[&str]) -> Option<String> {
    let mut inside = false;
    for line in page.lines().map(str::trim) {
        if line.starts_with('[') {
            let head = line.split('#').next().unwrap_or_default().trim();
            inside = sections.contains(&head);
        } else if inside && let Some((key, value)) = line.split_once('=').filter(|(key, _)| key.trim() == "version") {
            let _ = key;
            let quoted = value.trim().strip_prefix(['"', '\''])?;
            return quoted.split(['"', '\'']).next().map(str::to_owned);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_project_is_read_from_its_own_section_only() {
        for (page, version) in [
            ("[package]\nname = \"a\"\nversion = \"1.2.3\"\n", Some("1.2.3")),
            ("[dependencies]\nversion = \"9.9.9\"\n[package]\nversion='1.0.0' # x\n", Some("1.0.0")),
            ("[package] # p\nversion.workspace = true\n[workspace.package]\nversion = \"2.0.0\"\n", Some("2.0.0")),
            ("[package]\nversion = { workspace = true }\n", None),
            ("version = \"1.0.0\"\n", None),
            ("", None),
        ] {
            assert_eq!(of_sections(page, &["[package]", "[workspace.package]"]).as_deref(), version, "{page}");
        }
        assert_eq!(of_json("{\"version\": \"3.1.0\"}").as_deref(), Some("3.1.0"));
        assert_eq!(of_json("{\"version\": 3}").or_else(|| of_json("[")).as_deref(), None);
    }
}
