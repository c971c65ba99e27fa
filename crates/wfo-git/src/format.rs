//! Who may read a repository by what its configuration says of its format: the library, the `git` program, or whoever git
//! says. Never guesses at a format that it does not know.

use gix::config::Source;

/// Who reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The library knows the format.
    Library,
    /// Only the program reads it; the library knows where its parts lie.
    Program,
    /// Git has to say whether it can be read at all; the text says why it is asked.
    Unclear(String),
}

/// Extensions that the library reads as git does, in small letters.
const KNOWN: [&str; 7] =
    ["noop", "objectformat", "partialclone", "preciousobjects", "refstorage", "relativeworktrees", "worktreeconfig"];

/// Decides by `core.repositoryFormatVersion` and the extensions. Before version 1 git ignores what it does not know.
pub(crate) fn reader(repo: &gix::Repository) -> Reader {
    let config = repo.config_snapshot();
    let version = config.integer("core.repositoryFormatVersion").unwrap_or(0);
    if !(0..=1).contains(&version) {
        return Reader::Unclear(format!("its format version {version} is not known"));
    }
    let sections = config.plumbing().sections_by_name("extensions").into_iter().flatten();
    let mut unknown = None;
    for section in sections.filter(|section| version == 1 && section.meta().source == Source::Local) {
        let names = section.body().value_names().map(|name| name.to_lowercase()).collect::<Vec<_>>();
        unknown = unknown.or_else(|| names.into_iter().find(|name| !KNOWN.contains(&name.as_str())));
    }
    if let Some(name) = unknown {
        return Reader::Unclear(format!("its extension `{}` is not known", wfo_base::text::one_line(&name)));
    }
    match config.string("extensions.refStorage") {
        Some(storage) if storage != "files" => Reader::Program,
        _ => Reader::Library,
    }
}
