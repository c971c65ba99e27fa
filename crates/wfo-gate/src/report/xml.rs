//! Walks through the elements of an XML report. Nothing is fetched, no entity but the five of XML is known, a document
//! that declares its own is refused, and depth is bounded.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Unreadable, json, taken};

/// No report of a known format is nearly as deep.
const DEEPEST: usize = 200;

/// What a walk calls for each node, with the names of the elements around it.
type Visit<'a> = dyn FnMut(&[String], Node<'_>) -> Result<(), Unreadable> + 'a;

/// One element's name and attributes.
pub(super) struct Element<'a> {
    tag: BytesStart<'a>,
}

impl Element<'_> {
    /// Its name without a prefix.
    pub(super) fn name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.tag.local_name().into_inner())
    }

    /// The value of an attribute.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Unreadable> {
        let mut value = None;
        for attribute in self.tag.attributes() {
            let attribute = attribute.map_err(|_| Unreadable::new("XML with a broken attribute"))?;
            if attribute.key.local_name().into_inner() == name.as_bytes() {
                let text = attribute.unescape_value().map_err(|_| Unreadable::new("XML with an unknown entity"))?;
                value = Some(text.into_owned());
            }
        }
        Ok(value)
    }

    /// The value of an attribute that is a count.
    pub(super) fn count(&self, name: &str) -> Result<Option<u64>, Unreadable> {
        match self.text(name)? {
            None => Ok(None),
            Some(text) => match text.trim().parse() {
                Ok(count) => Ok(Some(count)),
                Err(_) => {
                    Unreadable::err(format!("`{name}` of an element `{}` is no count", taken::word(&self.name())))
                }
            },
        }
    }
}

/// What the walk comes by.
pub(super) enum Node<'a> {
    /// An element begins; the parents are the names of those around it, the root first.
    Open(Element<'a>),
    /// The innermost element ends; it is the last of the parents still.
    Close,
    /// Text between elements.
    Text(Cow<'a, str>),
}

/// Walks through a whole document whose root has one of these names.
pub(super) fn walk(what: &str, roots: &[&str], text: &str, each: &mut Visit<'_>) -> Result<(), Unreadable> {
    if !text.trim_start().starts_with('<') {
        return Unreadable::err(format!("not a report of {what} but {}", json::found(text)));
    }
    let mut reader = Reader::from_str(text);
    let mut parents: Vec<String> = Vec::new();
    let mut seen_root = false;
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(_) => {
                return Unreadable::err(format!("broken or cut off: no XML from byte {} on", reader.error_position()));
            }
        };
        match event {
            Event::Start(tag) | Event::Empty(tag) if parents.is_empty() && seen_root => {
                drop(tag);
                return Unreadable::err("XML with more than one root");
            }
            Event::Start(tag) => {
                let name = open(what, roots, &parents, tag, each)?;
                seen_root = true;
                parents.push(name);
            }
            Event::Empty(tag) => {
                let name = open(what, roots, &parents, tag, each)?;
                seen_root = true;
                parents.push(name);
                each(&parents, Node::Close)?;
                parents.pop();
            }
            Event::End(_) => {
                each(&parents, Node::Close)?;
                parents.pop();
            }
            Event::Text(text) => {
                let text = text.decode().map_err(|_| Unreadable::new("XML with text that is not UTF-8"))?;
                if parents.is_empty() && !text.trim().is_empty() {
                    return Unreadable::err("XML with text outside its root");
                }
                each(&parents, Node::Text(text))?;
            }
            Event::DocType(declaration) if declaration.contains(&b'[') => {
                return Unreadable::err("XML that declares entities of its own");
            }
            Event::Eof if !parents.is_empty() => {
                return Unreadable::err(format!("cut off: {} XML elements are open", parents.len()));
            }
            Event::Eof if !seen_root => return Unreadable::err("XML without an element"),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn open(
    what: &str,
    roots: &[&str],
    parents: &[String],
    tag: BytesStart<'_>,
    each: &mut Visit<'_>,
) -> Result<String, Unreadable> {
    let element = Element { tag };
    let name = element.name().into_owned();
    if parents.is_empty() && !roots.contains(&name.as_str()) {
        return Unreadable::err(format!("not a report of {what} but XML with the root `{}`", taken::word(&name)));
    }
    if parents.len() >= DEEPEST {
        return Unreadable::err(format!("XML that is more than {DEEPEST} elements deep"));
    }
    each(parents, Node::Open(element))?;
    Ok(name)
}
