//! The rows of the table `stacks.yaml`: how a language is recognised, who manages its packages, which tools it may have.
//! Data only; the reading is in the modules beside it.

use serde::Deserialize;

use super::{Commands, MIXED, Slot};
use crate::tables::Row;

/// One language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StackRow {
    /// Its name in `kinds`.
    pub id: String,
    /// Files that show it; one `*` in a name is allowed.
    pub markers: Vec<String>,
    /// Files that name packages and tool settings.
    #[serde(default)]
    pub manifests: Vec<Manifest>,
    /// The file whose scripts decide commands.
    #[serde(default)]
    pub scripts: Option<Scripts>,
    /// The place where a package manager is declared; it wins over lock files.
    #[serde(default)]
    pub declared: Option<Declared>,
    /// Package managers; the first whose evidence is there counts, one without any evidence is the fallback.
    #[serde(default)]
    pub managers: Vec<Manager>,
    /// Tools; for each purpose the first that is there counts before the package manager's command.
    #[serde(default)]
    pub tools: Vec<Tool>,
    /// Where members of a workspace are named.
    #[serde(default)]
    pub members: Vec<Members>,
}

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// JSON: the keys of objects named like `dependencies`.
    Json,
    /// TOML, by lines: tables, keys of dependency tables, strings of dependency lists.
    Toml,
    /// YAML (for members only).
    Yaml,
    /// One requirement a line.
    Lines,
    /// Every word outside comments.
    Words,
    /// `use` lines of a Go workspace (for members only).
    GoWork,
    /// `<key>...</key>` (for members only).
    Tags,
}

/// A file that names packages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Name; one `*` is allowed.
    pub file: String,
    /// How it is read.
    pub format: Format,
}

/// A JSON file with named scripts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scripts {
    /// Name of the file.
    pub file: String,
    /// Key of the object of scripts.
    pub key: String,
    /// Script names that serve each purpose, best first.
    pub names: ScriptNames,
    /// A script whose text holds this is only a stand-in.
    #[serde(default)]
    pub stand_in: Option<String>,
}

/// Script names for each purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScriptNames {
    test: Vec<String>,
    build: Vec<String>,
    lint: Vec<String>,
    format: Vec<String>,
    coverage: Vec<String>,
    audit: Vec<String>,
}

impl ScriptNames {
    /// Returns the names for a purpose.
    pub(super) fn get(&self, slot: Slot) -> &[String] {
        match slot {
            Slot::Test => &self.test,
            Slot::Build => &self.build,
            Slot::Lint => &self.lint,
            Slot::Format => &self.format,
            Slot::Coverage => &self.coverage,
            Slot::Audit => &self.audit,
        }
    }
}

/// A JSON key that names the package manager, with or without `@version`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// Name of the file.
    pub file: String,
    /// Key of the name.
    pub key: String,
}

/// A package manager.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manager {
    /// Its name; several entries may share it.
    pub id: String,
    /// Files of which one must be there; one `*` in a name is allowed.
    #[serde(default)]
    pub files: Vec<String>,
    /// Files of which one must be there too.
    #[serde(default)]
    pub also: Vec<String>,
    /// TOML tables of which one shows it where no entry's files are there.
    #[serde(default)]
    pub tables: Vec<String>,
    /// What stands before a tool's command.
    #[serde(default)]
    pub run: String,
    /// How a script is run, with `{script}`.
    #[serde(default)]
    pub script: Option<String>,
    /// How the script `test` is run.
    #[serde(default)]
    pub script_test: Option<String>,
    /// Commands of its own.
    #[serde(default)]
    pub commands: Commands,
}

/// A tool that a project may use.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name.
    pub id: String,
    /// Files that show it.
    #[serde(default)]
    pub files: Vec<String>,
    /// TOML tables that show it.
    #[serde(default)]
    pub tables: Vec<String>,
    /// Packages that show it.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Package managers it goes with; none = all.
    #[serde(default)]
    pub managers: Vec<String>,
    /// Its commands, without what the package manager puts before them.
    pub commands: Commands,
}

/// Where members of a workspace are named.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// Name of the file.
    pub file: String,
    /// How it is read.
    pub format: Format,
    /// Dotted key of the list.
    pub key: String,
}

impl Row for StackRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        if self.id.is_empty() || self.id == MIXED {
            return Err(format!("`{}` cannot be the name of a kind", self.id));
        }
        if self.markers.is_empty() {
            return Err(format!("`{}` has no markers, so nothing would show it", self.id));
        }
        let names = self.markers.iter().chain(self.managers.iter().flat_map(|manager| &manager.files));
        let names = names.chain(self.tools.iter().flat_map(|tool| &tool.files));
        if let Some(bad) =
            names.into_iter().find(|name| name.contains("..") || name.starts_with('/') || name.is_empty())
        {
            return Err(format!("`{bad}` is not a file name below the project"));
        }
        let bare = |tool: &&Tool| tool.files.is_empty() && tool.tables.is_empty() && tool.packages.is_empty();
        if let Some(tool) = self.tools.iter().find(bare) {
            return Err(format!("tool `{}` has neither files, tables nor packages to show it", tool.id));
        }
        Ok(())
    }
}
