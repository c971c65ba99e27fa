//! Carries edits out and lets the result through only if it reads as the old values with the meant changes, and nothing else.
//! A spelling that does not read back is tried once more between double quotes; then the edit is refused.

use serde_yaml::{Mapping, Value};
use wfo_base::markdown::FRONT_MATTER_LIMIT;
use wfo_base::{Problem, codes};

use super::content::Content;
use super::patch::{self, Patch};
use super::plan::Planner;
use super::route::{self, Reached};
use super::{Edit, Front};
use crate::todo_yaml::mapping;

/// Why a round gave nothing.
enum Failure {
    /// Nothing can be done about it.
    Final(Problem),
    /// The result did not read back; another spelling may.
    Spelling(Problem),
}

/// Carries out all edits, or none.
pub(crate) fn edit(front: &Front<'_>, edits: &[Edit]) -> Result<String, Problem> {
    if edits.is_empty() {
        return Ok(front.page().to_owned());
    }
    match round(front, edits, false) {
        Ok(page) => Ok(page),
        Err(Failure::Final(problem)) => Err(problem),
        Err(Failure::Spelling(_)) => round(front, edits, true).map_err(|failure| match failure {
            Failure::Final(problem) | Failure::Spelling(problem) => problem,
        }),
    }
}

/// Carries out as many edits as do not touch each other, then the others on the result.
fn round(front: &Front<'_>, edits: &[Edit], quoted: bool) -> Result<String, Failure> {
    let planner = Planner::new(front, quoted);
    let mut patches: Vec<Patch> = Vec::new();
    let mut made: Vec<(usize, String)> = Vec::new();
    let mut expected = front.value.clone();
    let mut taken = 0;
    let mut place = 0;
    for edit in edits {
        let planned = planner.reach(edit).and_then(|reached| Ok((planner.plan(&reached, edit)?, reached)));
        let (new, reached) = match planned {
            Ok(planned) => planned,
            // it may lead to what an edit of this round adds
            Err(_) if taken > 0 => break,
            Err(problem) => return Err(Failure::Final(problem)),
        };
        let key = reached.rest.first().map(|key| (reached.node.start, key.clone()));
        let again = key.as_ref().is_some_and(|key| made.contains(key));
        if again || new.iter().any(|new| patches.iter().any(|old| old.meets(new))) {
            break;
        }
        if taken == 0 {
            place = reached.offset();
        }
        apply(&mut expected, &reached, edit);
        made.extend(key);
        patches.extend(new);
        taken += 1;
    }
    let refused = |what: &str| front.problem(place, codes::TODO_EDIT_REFUSED, what);
    let whole = patch::apply(front.split.yaml(), patches);
    let yaml = whole.ok_or_else(|| Failure::Final(refused("cannot be edited: its bytes are not where they seem")))?;
    if yaml.len() > FRONT_MATTER_LIMIT {
        return Err(Failure::Final(refused("cannot be edited: the front matter would exceed 64 KiB")));
    }
    match mapping(front.file, &yaml) {
        Ok(after) if expected.as_mapping() == Some(&after) => {
            front.made.replace(Some((yaml.clone(), expected)));
        }
        _ => return Err(Failure::Spelling(refused("cannot be edited without changing other values"))),
    }
    let page = front.split.with(&yaml);
    match edits.get(taken..) {
        None | Some([]) => Ok(page),
        Some(rest) => {
            let next = Front::read(front.file, page.as_bytes()).map_err(Failure::Final)?;
            let page = round(&next, rest, quoted)?;
            front.made.replace(next.made.take());
            Ok(page)
        }
    }
}

/// Makes the same change to the values.
fn apply(root: &mut Value, reached: &Reached<'_, '_>, edit: &Edit) {
    let Some(target) = route::value_at_mut(root, &reached.trail()) else { return };
    match edit {
        Edit::Set(_, content) => set(target, &reached.rest, content.value()),
        Edit::Append(_, item) => match target {
            Value::Sequence(list) if reached.rest.is_empty() => list.push(item.value()),
            _ => set(target, &reached.rest, Content::List(vec![item.clone()]).value()),
        },
    }
}

fn set(target: &mut Value, rest: &[String], value: Value) {
    let nested = rest.iter().skip(1).rev().fold(value, |value, key| {
        let pair = (Value::String(key.clone()), value);
        Value::Mapping(std::iter::once(pair).collect::<Mapping>())
    });
    match (rest.first(), target) {
        (Some(key), Value::Mapping(map)) => {
            map.insert(Value::String(key.clone()), nested);
        }
        (Some(key), target) => {
            *target = Value::Mapping(std::iter::once((Value::String(key.clone()), nested)).collect::<Mapping>());
        }
        (None, target) => *target = nested,
    }
}
