//! Finds the bytes that an edit is about and spells what stands there afterwards.
//! Knows block and bracket style; whatever is written in another way is refused, never guessed.

use wfo_base::{Problem, codes};

use super::content::{Content, Near, Speller};
use super::patch::Patch;
use super::route::{self, Lost, Reached};
use super::tree::{Form, Node, Style, What};
use super::{Edit, Front};

/// Plans edits of one page.
pub(crate) struct Planner<'f, 'a> {
    front: &'f Front<'a>,
    yaml: &'a str,
    speller: Speller,
}

impl<'f, 'a> Planner<'f, 'a> {
    pub(crate) fn new(front: &'f Front<'a>, quoted: bool) -> Self {
        let yaml = front.split.yaml();
        let list_indent = list_indent(yaml, &front.tree).unwrap_or(2);
        Self { front, yaml, speller: Speller { quoted, eol: front.split.eol, list_indent } }
    }

    /// Follows the route of an edit and looks for what makes editing unsafe on the way.
    pub(crate) fn reach(&self, edit: &Edit) -> Result<Reached<'f, 'a>, Problem> {
        let (Edit::Set(route, _) | Edit::Append(route, _)) = edit;
        let reached = route::reach(&self.front.tree, route).map_err(|lost| self.lost(lost))?;
        let on_the_way = reached.hops.iter().map(|(parent, _)| *parent).chain([reached.node]);
        for node in on_the_way {
            if node.what == What::Alias {
                return Err(self.refuse(node.start, "is a YAML alias, so it is not edited"));
            }
            if node.marked {
                return Err(self.refuse(node.start, "has a YAML anchor or tag, so it is not edited"));
            }
            if let Some((key, _)) = node.entries().iter().find(|(key, _)| key.text() == Some("<<")) {
                return Err(self.refuse(key.start, "merges another mapping, so it is not edited"));
            }
        }
        Ok(reached)
    }

    fn lost(&self, lost: Lost) -> Problem {
        match lost {
            Lost::NoItem(id, _) => {
                Problem::new(codes::TODO_TASK_UNKNOWN, format!("`{}` has no task `{id}`", self.front.file))
                    .hint("`wfo-helper todo show` lists the tasks")
                    .in_file(self.front.file)
            }
            Lost::Twice(id, first, second) => {
                let line = self.front.split.place(first).0;
                self.refuse(second, &format!("has the task id `{id}` again, which stands in line {line} already"))
            }
            Lost::NoMap(at) => self.invalid(at, "has no keys below it"),
        }
    }

    fn refuse(&self, at: usize, what: &str) -> Problem {
        self.front.problem(at, codes::TODO_EDIT_REFUSED, what)
    }

    fn invalid(&self, at: usize, what: &str) -> Problem {
        self.front
            .problem(at, codes::TODO_VALUE_INVALID, what)
            .hint("name a key that has one value, such as `workflow_progress.phase`")
    }

    /// Finds the patches of an edit.
    pub(crate) fn plan(&self, reached: &Reached<'f, 'a>, edit: &Edit) -> Result<Vec<Patch>, Problem> {
        let list;
        let content = match edit {
            Edit::Set(_, content) => content,
            Edit::Append(_, item) if reached.rest.is_empty() => match &reached.node.what {
                What::List(form, items) if *form != Form::Flow || !items.is_empty() => {
                    return self.append(reached.node, items, item);
                }
                What::List(..) if !self.below_block_key(reached) => {
                    let item = self.speller.inline(item, None, true);
                    return Ok(vec![Patch::insert(reached.node.start + 1, item)]);
                }
                What::List(..) => {
                    list = Content::List(vec![item.clone()]);
                    &list
                }
                What::Scalar(..) if self.is_null(reached) => {
                    list = Content::List(vec![item.clone()]);
                    &list
                }
                _ => return Err(self.invalid(reached.node.start, "is not a list")),
            },
            Edit::Append(_, item) => {
                list = Content::List(vec![item.clone()]);
                &list
            }
        };
        match reached.rest.as_slice() {
            [] => self.replace(reached, content),
            [key, more @ ..] => {
                let nest = |value, key: &String| Content::Map(vec![(key.clone(), value)]);
                let value = more.iter().rev().fold(content.clone(), nest);
                if reached.node.form().is_none() {
                    return self.replace(reached, &Content::Map(vec![(key.clone(), value)]));
                }
                self.insert(reached.node, key, &value)
            }
        }
    }

    fn is_null(&self, reached: &Reached<'f, 'a>) -> bool {
        route::value_at(&self.front.value, &reached.trail()).is_some_and(serde_yaml::Value::is_null)
    }

    fn below_block_key(&self, reached: &Reached<'f, 'a>) -> bool {
        let parent = reached.hops.last().map(|(parent, _)| &parent.what);
        matches!(parent, Some(What::Map(Form::Block, _)))
    }

    /// Adds a key at the end of a mapping.
    fn insert(&self, map: &Node<'a>, key: &str, value: &Content) -> Result<Vec<Patch>, Problem> {
        let last = map.entries().last();
        match (map.form(), last, map.entries().first()) {
            (Some(Form::Flow), None, _) => Ok(vec![Patch::insert(map.start + 1, self.speller.pair(key, value))]),
            (Some(Form::Flow), Some((last_key, last_value)), _) => {
                let end = self.value_end(last_key, last_value);
                Ok(vec![self.in_brackets(end, map.end, &self.speller.pair(key, value))])
            }
            (Some(Form::Block), Some(_), Some((first, _))) => {
                let indent = self.column(first.start);
                let mut lines = String::new();
                self.speller.entry(key, value, indent, &mut lines);
                Ok(vec![Patch::lines(self.line_after(map), lines, indent)])
            }
            _ => Err(self.refuse(map.start, "is a mapping in a form that is not edited")),
        }
    }

    /// Adds an item at the end of a list that has some.
    fn append(&self, list: &Node<'a>, items: &[Node<'a>], item: &Content) -> Result<Vec<Patch>, Problem> {
        if let (Some(Form::Flow), Some(last)) = (list.form(), items.last()) {
            return Ok(vec![self.in_brackets(last.end, list.end, &self.speller.inline(item, None, true))]);
        }
        let dash = items.iter().rev().find_map(|item| self.dash(item).map(|dash| (dash, item)));
        let Some((dash, near)) = dash else {
            return Err(self.refuse(list.start, "is a list in a form that is not edited"));
        };
        let indent = self.column(dash);
        let gap = near.start.saturating_sub(dash + 1).clamp(1, 8);
        let flow = near.form() == Some(Form::Flow);
        let mut lines = String::new();
        self.speller.item(item, indent, gap, flow, &mut lines);
        Ok(vec![Patch::lines(self.line_after(list), lines, indent)])
    }

    /// Puts text behind the last item between brackets, with the comma it needs.
    fn in_brackets(&self, last: usize, end: usize, text: &str) -> Patch {
        let between = self.yaml.get(last..end).unwrap_or_default();
        let blanks = between.len() - between.trim_ascii_start().len();
        if between.trim_ascii_start().starts_with(',') {
            Patch::insert(last + blanks + 1, format!(" {text}"))
        } else {
            Patch::insert(last, format!(", {text}"))
        }
    }

    /// Gives something that is there another value.
    fn replace(&self, reached: &Reached<'f, 'a>, content: &Content) -> Result<Vec<Patch>, Problem> {
        let node = reached.node;
        let Some((parent, index)) = reached.hops.last() else {
            return Err(self.invalid(node.start, "is not a value of its own"));
        };
        let key = parent.entries().get(*index).map(|(key, _)| key);
        if node.form().is_some() && !content.is_collection() {
            return Err(self.invalid(node.start, "is a list or a mapping, which one value cannot replace"));
        }
        if has_marks(node) {
            return Err(self.refuse(node.start, "has a YAML anchor, alias or tag in it, so it is not replaced"));
        }
        let flow = parent.form() != Some(Form::Block);
        match (&node.what, key) {
            (_, Some(key)) if !flow && content.is_collection() => self.replace_lines(key, node, content),
            (What::Scalar(_, Style::Empty), Some(key)) => {
                let text = self.speller.inline(content, None, flow);
                match self.colon(key) {
                    Some(colon) => Ok(vec![Patch::insert(colon + 1, format!(" {text}"))]),
                    None if flow => Ok(vec![Patch::insert(key.end, format!(": {text}"))]),
                    None => Err(self.refuse(key.start, "has its value in a form that is not edited")),
                }
            }
            (What::Scalar(_, Style::Block(_)), Some(key)) => self.replace_block_scalar(key, node, content, flow),
            (What::Scalar(text, style @ (Style::Plain | Style::Single | Style::Double)), _) => {
                let written = self.front.value_is_text(reached);
                let style = if written { *style } else { Style::Empty };
                let text = self.speller.inline(content, Some(Near { style, text }), flow);
                Ok(vec![Patch::replace(node.start, node.end, text)])
            }
            (What::List(..) | What::Map(..), _) if flow => {
                Ok(vec![Patch::replace(node.start, node.end, self.speller.inline(content, None, true))])
            }
            _ => Err(self.refuse(node.start, "has its value in a form that is not edited")),
        }
    }

    /// Writes a value in place of `|` or `>` and takes the lines below away; a comment behind the sign stays.
    fn replace_block_scalar(
        &self,
        key: &Node<'a>,
        node: &Node<'a>,
        content: &Content,
        flow: bool,
    ) -> Result<Vec<Patch>, Problem> {
        let odd = || self.refuse(key.start, "has its value in a form that is not edited");
        let colon = self.colon(key).ok_or_else(odd)?;
        let start = colon + 1 + self.blanks(colon + 1);
        let sign = self.yaml.get(start..).unwrap_or_default();
        let signs = sign.len()
            - sign.trim_start_matches(['|', '>', '+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']).len();
        let (head, end) = (self.line_end(start), self.line_end(node.end));
        let has_lines = node.end > node.start;
        if !sign.starts_with(['|', '>']) || has_lines && head > node.start {
            return Err(odd());
        }
        let text = self.speller.inline(content, None, flow);
        let mut patches = vec![Patch::replace(start, start + signs, text)];
        patches.extend(has_lines.then(|| Patch::replace(head, end, "")));
        Ok(patches)
    }

    /// Writes a collection below a key of a block, in place of whatever is its value.
    fn replace_lines(&self, key: &Node<'a>, node: &Node<'a>, content: &Content) -> Result<Vec<Patch>, Problem> {
        let odd = || self.refuse(key.start, "has its value in a form that is not edited");
        let colon = self.colon(key).ok_or_else(odd)?;
        let indent = self.column(key.start);
        let mut lines = String::new();
        self.speller.lines(content, indent, &mut lines);
        let inline = || Patch::insert(colon + 1, format!(" {}", self.speller.inline(content, None, false)));
        let is_block = node.form() == Some(Form::Block);
        let is_empty = matches!(node.what, What::Scalar(_, Style::Empty));
        if is_block {
            let (from, to) = (self.line_after_byte(colon), self.line_after(node));
            if node.start < from {
                return Err(odd());
            }
            let mut patches = vec![Patch::replace(from, to, lines.clone())];
            patches.extend(lines.is_empty().then(inline));
            return Ok(patches);
        }
        if matches!(node.what, What::Scalar(_, Style::Block(_))) {
            return Err(odd());
        }
        let mut patches = Vec::new();
        let mut end = colon;
        if !is_empty {
            if colon + 1 + self.blanks(colon + 1) != node.start {
                return Err(odd());
            }
            end = node.end;
            if lines.is_empty() {
                return Ok(vec![Patch::replace(node.start, end, self.speller.inline(content, None, false))]);
            }
            patches.push(Patch::replace(colon + 1, end, ""));
        } else if lines.is_empty() {
            return Ok(vec![inline()]);
        }
        patches.push(Patch::lines(self.line_after_byte(end), lines, indent + 1));
        Ok(patches)
    }

    /// Returns the byte of the colon behind a key on its line.
    fn colon(&self, key: &Node<'a>) -> Option<usize> {
        let at = key.end + self.blanks(key.end);
        self.yaml.get(at..)?.starts_with(':').then_some(at)
    }

    /// Counts the blanks at a byte.
    fn blanks(&self, at: usize) -> usize {
        self.yaml.get(at..).map_or(0, |rest| rest.len() - rest.trim_start_matches([' ', '\t']).len())
    }

    fn value_end(&self, key: &Node<'a>, value: &Node<'a>) -> usize {
        match (&value.what, self.colon(key)) {
            (What::Scalar(_, Style::Empty), Some(colon)) => colon + 1 + self.blanks(colon + 1),
            (What::Scalar(_, Style::Empty), None) => key.end,
            _ => value.end,
        }
    }

    fn column(&self, at: usize) -> usize {
        at - self.yaml.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |line| line + 1)
    }

    /// Returns the end of a byte's line, its line ending left out.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.yaml.get(at..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    fn line_after_byte(&self, at: usize) -> usize {
        self.yaml.get(at..).and_then(|rest| rest.find('\n')).map_or(self.yaml.len(), |line| at + line + 1)
    }

    /// Returns where the line after a value begins.
    fn line_after(&self, node: &Node<'a>) -> usize {
        let mut node = node;
        loop {
            let last = match &node.what {
                What::List(Form::Block, items) => items.last(),
                What::Map(Form::Block, entries) => entries.last().map(|(key, value)| match value.what {
                    What::Scalar(_, Style::Empty) => key,
                    _ => value,
                }),
                _ => None,
            };
            match (last, &node.what) {
                (Some(last), _) => node = last,
                // blank lines at the end are part of such a value
                (None, What::Scalar(text, Style::Block(end))) if text.ends_with("\n\n") || text == "\n" => return *end,
                (None, _) => return self.line_after_byte(node.end),
            }
        }
    }

    /// Returns the byte of an item's dash.
    fn dash(&self, item: &Node<'a>) -> Option<usize> {
        dash(self.yaml, item)
    }
}

impl<'a> Front<'a> {
    fn value_is_text(&self, reached: &Reached<'_, 'a>) -> bool {
        route::value_at(&self.value, &reached.trail()).is_some_and(serde_yaml::Value::is_string)
    }
}

fn dash(yaml: &str, item: &Node<'_>) -> Option<usize> {
    let before = yaml.get(..item.start)?.trim_end_matches(' ');
    before.ends_with('-').then(|| before.len() - 1)
}

fn has_marks(node: &Node<'_>) -> bool {
    node.marked
        || node.what == What::Alias
        || node.items().iter().any(has_marks)
        || node.entries().iter().any(|(key, value)| has_marks(key) || has_marks(value))
}

/// Returns how far lists are indented below their key in this file.
fn list_indent(yaml: &str, node: &Node<'_>) -> Option<usize> {
    let column = |at: usize| at - yaml.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |line| line + 1);
    node.entries().iter().find_map(|(key, value)| {
        let own = || {
            let item = value.items().first().filter(|_| value.form() == Some(Form::Block))?;
            column(dash(yaml, item)?).checked_sub(column(key.start))
        };
        own().or_else(|| list_indent(yaml, value))
    })
}
