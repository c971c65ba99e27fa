//! The report files beside the tests, each with the tool whose it is.

use std::path::PathBuf;

use wfo_gate::report::Tool;

pub(crate) struct Fixture {
    pub(crate) tool: Tool,
    /// Folder and file.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Fixture {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }
}

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The tool whose report a file is; one lies in another's folder.
pub(crate) fn tool_of(name: &str) -> Tool {
    if name == "junit/jest.json" {
        return Tool::Jest;
    }
    let (folder, _) = name.split_once('/').unwrap();
    Tool::from_id(folder).unwrap_or_else(|| panic!("{folder} is the folder of no tool"))
}

pub(crate) fn load(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every report, in the order of its name.
pub(crate) fn all() -> Vec<Fixture> {
    let mut fixtures = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let entry = entry.unwrap();
        if !entry.file_type().unwrap().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(entry.path()).unwrap() {
            let file = file.unwrap();
            let name = format!("{}/{}", entry.file_name().display(), file.file_name().display());
            fixtures.push(Fixture { tool: tool_of(&name), bytes: load(&name), name });
        }
    }
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    fixtures
}

/// Those of one tool.
pub(crate) fn of(tool: Tool) -> Vec<Fixture> {
    all().into_iter().filter(|fixture| fixture.tool == tool).collect()
}
