//! One open folder of the work tree and the chain of folders above it: enough to tell what is ignored there.
//! Ignore files are read only when somebody asks about a path that the index does not know.

use std::os::fd::OwnedFd;
use std::sync::{Arc, OnceLock};

use gix::bstr::ByteSlice;
use gix::index::State;

use super::ignore::{Everywhere, LIMIT, Patterns};
use super::listing::small_file;

/// An open folder.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) fd: OwnedFd,
    /// Relative to the top, with `/` at its end; empty for the top.
    pub(crate) path: Vec<u8>,
    /// How far below the top.
    pub(crate) depth: usize,
    /// Whether a `.gitattributes` lies here.
    attributes: bool,
    parent: Option<Arc<Self>>,
    ignores: Ignores,
    patterns: OnceLock<Patterns>,
    ignored: OnceLock<bool>,
    any_attributes: OnceLock<bool>,
}

/// Where a folder's ignore patterns come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Ignores {
    /// There are none.
    #[default]
    None,
    /// From `.gitignore` in the folder.
    File,
    /// From the index: a sparse checkout left the file out.
    Index(Vec<u8>),
}

impl Folder {
    /// Makes the top folder.
    pub(crate) fn top(fd: OwnedFd, ignores: Ignores, attributes: bool) -> Self {
        Self {
            fd,
            path: Vec::new(),
            depth: 0,
            attributes,
            parent: None,
            ignores,
            patterns: OnceLock::new(),
            ignored: OnceLock::from(false),
            any_attributes: OnceLock::new(),
        }
    }

    /// Makes a folder below another one.
    pub(crate) fn below(parent: &Arc<Self>, name: &[u8], fd: OwnedFd, ignores: Ignores, attributes: bool) -> Self {
        Self {
            fd,
            path: parent.join(name, true),
            depth: parent.depth + 1,
            attributes,
            parent: Some(parent.clone()),
            ignores,
            patterns: OnceLock::new(),
            ignored: OnceLock::new(),
            any_attributes: OnceLock::new(),
        }
    }

    /// Returns the path of a name in this folder.
    pub(crate) fn join(&self, name: &[u8], is_folder: bool) -> Vec<u8> {
        let mut path = Vec::with_capacity(self.path.len() + name.len() + 1);
        path.extend_from_slice(&self.path);
        path.extend_from_slice(name);
        if is_folder {
            path.push(b'/');
        }
        path
    }

    /// Says whether an attribute may speak about files here: one on disk, here or above, or one that only the index has.
    pub(crate) fn has_attributes(&self, index: &State) -> bool {
        *self.any_attributes.get_or_init(|| {
            self.attributes
                || index.entry_by_path(self.join(b".gitattributes", false).as_bstr()).is_some()
                || self.parent.as_ref().is_some_and(|parent| parent.has_attributes(index))
        })
    }

    /// Says whether the folder itself is ignored, and so everything in it that the index does not know.
    pub(crate) fn is_ignored(&self, everywhere: &Everywhere) -> bool {
        *self.ignored.get_or_init(|| {
            let Some(parent) = &self.parent else { return false };
            let path = self.path.strip_suffix(b"/").unwrap_or(&self.path);
            parent.is_ignored(everywhere) || parent.verdict(path, true, everywhere)
        })
    }

    /// Says whether a path below this folder (relative to the top) is ignored by any pattern here or above.
    pub(crate) fn verdict(&self, path: &[u8], is_folder: bool, everywhere: &Everywhere) -> bool {
        let mut folder = Some(self);
        while let Some(here) = folder {
            let relative = path.get(here.path.len()..).unwrap_or_default();
            if let Some(ignored) = here.patterns().verdict(relative, is_folder) {
                return ignored;
            }
            folder = here.parent.as_deref();
        }
        everywhere.verdict(path, is_folder).unwrap_or(false)
    }

    fn patterns(&self) -> &Patterns {
        self.patterns.get_or_init(|| match &self.ignores {
            Ignores::None => Patterns::default(),
            Ignores::File => {
                small_file(&self.fd, b".gitignore", LIMIT).map(|bytes| Patterns::parse(&bytes)).unwrap_or_default()
            }
            Ignores::Index(bytes) => Patterns::parse(bytes),
        })
    }
}
