//! Reads versions one at a time, each thread with a reader of its own: bytes and which of their lines are new.
//! Bounded: what is larger than the limit is not loaded.

use std::ops::RangeInclusive;
use std::path::Path;

use gix::ObjectId;
use gix::prelude::HeaderExt;
use wfo_base::{codes, read};

use super::file::{Meta, Opened, Top};
use super::{Source, Version, lines};
use crate::repository::Repository;

/// What a version holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Its bytes, and which lines (from 1) are new; `None` for all.
    Text(Vec<u8>, Option<Vec<RangeInclusive<u64>>>),
    /// More bytes than the limit: so many.
    TooLarge(u64),
    /// Nothing to read: a link, or a file that is no longer there.
    Nothing,
    /// A pipe, device or socket.
    NotRegular,
    /// It could not be read, for this reason.
    Unreadable(String),
}

/// Reads versions of one repository.
pub struct Reader<'a> {
    repository: &'a Repository,
    objects: Option<gix::Repository>,
    top: Option<Top>,
    limit: u64,
}

impl<'a> Reader<'a> {
    /// Makes a reader that loads at most `limit` bytes of a version.
    #[must_use]
    pub fn new(repository: &'a Repository, limit: u64) -> Self {
        let mut objects = repository.gix();
        if let Some(objects) = &mut objects {
            objects.object_cache_size_if_unset(1 << 20);
        }
        let top = if repository.is_bare() { None } else { Top::open(repository.root()).ok() };
        Self { repository, objects, top, limit }
    }

    /// Reads one.
    pub fn read(&mut self, version: &Version) -> Content {
        match &version.source {
            Source::File => self.file(&version.path),
            Source::Work { before } => {
                let content = self.file(&version.path);
                self.only_new(content, before)
            }
            Source::Outside { file, before } => self.only_new(outside(file, self.limit), before),
            Source::Blob { id, before } => self.blob(*id, before),
        }
    }

    fn only_new(&self, content: Content, before: &[ObjectId]) -> Content {
        let Content::Text(bytes, _) = content else { return content };
        let older = self.older(before);
        let older: Vec<&[u8]> = older.iter().map(Vec::as_slice).collect();
        let added = lines::added(&older, &bytes);
        Content::Text(bytes, added)
    }

    /// Returns how many bytes a version has; `None` where it cannot be had.
    pub fn bytes_of(&mut self, version: &Version) -> Option<u64> {
        match &version.source {
            Source::File | Source::Work { .. } => self.meta(&version.path).map(|meta| meta.bytes),
            Source::Outside { file, .. } => file.metadata().ok().map(|meta| meta.len()),
            Source::Blob { id, .. } => self.size(*id),
        }
    }

    /// Looks at a file of the work tree without reading it; `None` where there is none.
    pub fn meta(&mut self, path: &[u8]) -> Option<Meta> {
        self.top.as_mut()?.meta(path)
    }

    fn file(&mut self, path: &[u8]) -> Content {
        let Some(top) = &mut self.top else { return Content::Unreadable("the work tree cannot be opened".to_owned()) };
        match top.read(path, self.limit) {
            Opened::Text(bytes) => Content::Text(bytes, None),
            Opened::TooLarge(bytes) => Content::TooLarge(bytes),
            Opened::Link | Opened::Gone => Content::Nothing,
            Opened::NotRegular => Content::NotRegular,
            Opened::Unreadable(error) => Content::Unreadable(std::io::Error::from(error).kind().to_string()),
        }
    }

    fn blob(&mut self, id: ObjectId, before: &[ObjectId]) -> Content {
        // Moved as it was: no line of it is new.
        if before.contains(&id) {
            return match self.size(id) {
                Some(_) => Content::Text(Vec::new(), Some(Vec::new())),
                None => Content::Unreadable("the object is missing".to_owned()),
            };
        }
        match self.size(id) {
            None => return Content::Unreadable("the object is missing".to_owned()),
            Some(size) if size > self.limit => return Content::TooLarge(size),
            Some(_) => {}
        }
        let Some(bytes) = self.bytes(id) else { return Content::Unreadable("the object cannot be read".to_owned()) };
        let older = self.older(before);
        let older: Vec<&[u8]> = older.iter().map(Vec::as_slice).collect();
        let added = lines::added(&older, &bytes);
        Content::Text(bytes, added)
    }

    /// Loads older versions. One that is too large or gone hides nothing: all lines then count as new.
    fn older(&self, before: &[ObjectId]) -> Vec<Vec<u8>> {
        let small = before.iter().filter(|id| self.size(**id).is_some_and(|size| size <= self.limit));
        small.filter_map(|id| self.bytes(*id)).collect()
    }

    fn size(&self, id: ObjectId) -> Option<u64> {
        match &self.objects {
            Some(objects) => Some(objects.objects.header(id).ok()?.size()),
            None => {
                let output = self.repository.git().output(["cat-file", "-s", &id.to_string()]).ok()?;
                std::str::from_utf8(&output).ok()?.trim().parse().ok()
            }
        }
    }

    fn bytes(&self, id: ObjectId) -> Option<Vec<u8>> {
        match &self.objects {
            Some(objects) => {
                let object = objects.find_object(id).ok()?;
                (object.kind == gix::object::Kind::Blob).then(|| object.detach().data)
            }
            None => self.repository.git().output(["cat-file", "blob", &id.to_string()]).ok(),
        }
    }
}

/// Reads a file that need not lie in the work tree; as a program that copies it, this follows links.
fn outside(file: &Path, limit: u64) -> Content {
    match read::own_bytes(file, limit) {
        Ok(Some(bytes)) => Content::Text(bytes, None),
        Ok(None) => Content::Nothing,
        Err(problem) if problem.code == codes::FILE_TOO_LARGE => {
            Content::TooLarge(file.metadata().map_or(0, |meta| meta.len()))
        }
        Err(problem) if problem.code == codes::FILE_NOT_REGULAR => Content::NotRegular,
        Err(problem) => Content::Unreadable(problem.message),
    }
}
