//! Where the user's own files live: *CONFIG*, the host's configuration folder.

use std::path::{Path, PathBuf};

use crate::{codes, problem::Problem};

/// The user's configuration folder and what wfo keeps in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    config: PathBuf,
}

impl Home {
    /// Reads `CLAUDE_CONFIG_DIR` (the first of a comma list), else `~/.claude`.
    ///
    /// # Errors
    /// `config.no-home` when neither it nor `HOME` is set to an absolute path.
    pub fn from_env() -> Result<Self, Problem> {
        let named = std::env::var_os("CLAUDE_CONFIG_DIR").map(PathBuf::from).and_then(|value| {
            let text = value.to_str().map(|text| text.split(',').next().unwrap_or_default().trim().to_owned());
            text.map_or(Some(value), |first| (!first.is_empty()).then(|| PathBuf::from(first)))
        });
        let config = named.or_else(|| std::env::home_dir().map(|home| home.join(".claude")));
        match config {
            Some(config) if config.is_absolute() => Ok(Self { config }),
            Some(config) => Err(Problem::new(
                codes::CONFIG_NO_HOME,
                format!("the configuration folder `{}` is not an absolute path", config.display()),
            )
            .hint("set CLAUDE_CONFIG_DIR to an absolute path")),
            None => Err(Problem::new(codes::CONFIG_NO_HOME, "neither CLAUDE_CONFIG_DIR nor HOME is set")
                .hint("set HOME, or CLAUDE_CONFIG_DIR to an absolute path")),
        }
    }

    /// Makes a home at a given configuration folder.
    #[must_use]
    pub fn at(config: PathBuf) -> Self {
        Self { config }
    }

    /// Returns *CONFIG* itself.
    #[must_use]
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// Returns the folders below which the host keeps transcripts: `projects` of every folder in `CLAUDE_CONFIG_DIR` (a
    /// comma list; one named `projects` is taken as it is), or without it of `~/.claude` and `$XDG_CONFIG_HOME/claude`.
    #[must_use]
    pub fn transcripts(&self) -> Vec<PathBuf> {
        let named =
            std::env::var("CLAUDE_CONFIG_DIR").ok().filter(|value| value.split(',').any(|one| !one.trim().is_empty()));
        let home = std::env::home_dir();
        let folders: Vec<PathBuf> = match named {
            Some(list) => list
                .split(',')
                .map(str::trim)
                .filter(|one| !one.is_empty())
                .map(|one| expanded(one, home.as_deref()))
                .collect(),
            None => {
                let other = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
                let other = other.or_else(|| home.map(|home| home.join(".config"))).map(|folder| folder.join("claude"));
                std::iter::once(self.config.clone()).chain(other).collect()
            }
        };
        let mut found = Vec::new();
        for folder in folders.into_iter().filter(|folder| folder.is_absolute()) {
            let folder = if folder.file_name().is_some_and(|name| name == "projects") {
                folder
            } else {
                folder.join("projects")
            };
            if !found.contains(&folder) {
                found.push(folder);
            }
        }
        found
    }

    /// Returns a path below `CONFIG/wfo`.
    #[must_use]
    pub fn wfo(&self, relative: &str) -> PathBuf {
        self.config.join("wfo").join(relative)
    }

    /// Returns `CONFIG/worktree-registry.json`, shared with other tools.
    #[must_use]
    pub fn registry(&self) -> PathBuf {
        self.config.join("worktree-registry.json")
    }
}

/// Puts the home folder in the place of a leading `~`.
fn expanded(path: &str, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home.to_owned(),
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(path),
    }
}
