//! What happens near and over a limit: `cost_controls` of the repository's `costs/budget-config.json` and of the user's
//! `budgets.yaml`, the stricter of both, else the table `cost-controls.yaml`. Names addresses that do not belong into
//! such a file; it never uses or repeats one.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use wfo_base::{Diagnostic, Problem, codes, tables::Row, text::code_span};

use super::{Exact, Share};
use crate::costs::Page;
use crate::daily::broken;
use crate::json::{self, Object};

/// The names of the rows of `cost-controls.yaml`, which are also the keys of `cost_controls`.
const NAMES: [&str; 4] = [AUTO, BLOCK, EMERGENCY, SAVING];
const AUTO: &str = "auto_switch_models";
const BLOCK: &str = "block_on_limit";
const EMERGENCY: &str = "emergency_mode_threshold";
const SAVING: &str = "saving_mode_threshold";

/// A row of the table `cost-controls.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlRow {
    /// Name of the control.
    pub id: String,
    /// `true` or `false`, or a part of one; quoted.
    pub value: Exact,
}

impl Row for ControlRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        let mut stated = Stated::default();
        match stated.set(&self.id, &self.value.0) {
            Set::Done => Ok(()),
            Set::Bad(what) => Err(format!("{} `{}` is not {what}", self.id, self.value.0)),
            Set::Unknown => Err(format!("`{}` is not one of {}", self.id, NAMES.join(", "))),
        }
    }
}

/// The controls in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Controls {
    /// Whether agents are started with a cheaper model when the budget runs low.
    pub auto_switch_models: bool,
    /// Whether a request over a hard limit is denied and not only warned of.
    pub block_on_limit: bool,
    /// From which part of a soft limit on only the cheapest or local models are taken.
    pub emergency: Share,
    /// From which part of a soft limit on the next cheaper model is taken.
    pub saving: Share,
}

impl Default for Controls {
    /// What holds without table and files: switch, do not block, save from 0.8, emergency from 0.95.
    fn default() -> Self {
        Self { auto_switch_models: true, block_on_limit: false, emergency: Share(950_000), saving: Share::USUAL }
    }
}

/// What one side states.
#[derive(Debug, Clone, Copy, Default)]
struct Stated {
    auto: Option<bool>,
    block: Option<bool>,
    emergency: Option<Share>,
    saving: Option<Share>,
}

/// What became of one value.
enum Set {
    Done,
    Bad(&'static str),
    Unknown,
}

impl Stated {
    fn set(&mut self, key: &str, text: &str) -> Set {
        let text = text.trim();
        match key {
            AUTO | BLOCK => {
                let Some(value) = truth(text) else { return Set::Bad("true or false") };
                *(if key == AUTO { &mut self.auto } else { &mut self.block }) = Some(value);
            }
            EMERGENCY | SAVING => {
                let Some(value) = Share::parse(text) else { return Set::Bad("above 0 and at most 1") };
                *(if key == SAVING { &mut self.saving } else { &mut self.emergency }) = Some(value);
            }
            _ => return Set::Unknown,
        }
        Set::Done
    }

    /// Joins two sides: what either asks for counts, and the lower part.
    fn stricter(self, other: Self) -> Self {
        let either = |a: Option<bool>, b: Option<bool>| a.max(b);
        let lower = |a: Option<Share>, b: Option<Share>| a.zip(b).map(|(a, b)| a.min(b)).or(a).or(b);
        Self {
            auto: either(self.auto, other.auto),
            block: either(self.block, other.block),
            emergency: lower(self.emergency, other.emergency),
            saving: lower(self.saving, other.saving),
        }
    }
}

/// Reads `true`, `yes`, `on` and their opposites.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Works out the controls. A control that both files set is the stricter of both; a row of the table counts where neither
/// sets it. Values that are none, and keys that nobody reads, are named. A file that does not parse at all was named by
/// [`super::limits`] and says nothing here.
#[must_use]
pub fn controls(
    repository: Option<&Page>,
    user: Option<&Page>,
    defaults: &[ControlRow],
    notes: &mut Vec<Diagnostic>,
) -> Controls {
    let ours = repository.map(|page| side(page, json_section(page, notes), notes)).unwrap_or_default();
    let theirs = user.map(|page| side(page, yaml_section(page, notes), notes)).unwrap_or_default();
    let stated = ours.stricter(theirs);
    let mut table = Stated::default();
    for row in defaults {
        table.set(&row.id, &row.value.0);
    }
    let built_in = Controls::default();
    Controls {
        auto_switch_models: stated.auto.or(table.auto).unwrap_or(built_in.auto_switch_models),
        block_on_limit: stated.block.or(table.block).unwrap_or(built_in.block_on_limit),
        emergency: stated.emergency.or(table.emergency).unwrap_or(built_in.emergency),
        saving: stated.saving.or(table.saving).unwrap_or(built_in.saving),
    }
}

/// What a file holds: the texts below `cost_controls`, and the keys of addresses.
#[derive(Debug, Default)]
struct Section {
    controls: BTreeMap<String, String>,
    addresses: Vec<String>,
}

fn side(page: &Page, section: Section, notes: &mut Vec<Diagnostic>) -> Stated {
    let mut stated = Stated::default();
    let mut unknown = Vec::new();
    for (key, text) in &section.controls {
        match stated.set(key, text) {
            Set::Done => {}
            Set::Bad(what) => {
                let message = format!("sets {key} to {}, which is not {what}", code_span(text));
                notes.push(broken(&page.name, &message, None).warning());
            }
            Set::Unknown => unknown.push(key),
        }
    }
    if let Some(first) = unknown.first() {
        let more = if unknown.len() > 1 { format!(" and {} more", unknown.len() - 1) } else { String::new() };
        let names = NAMES.join(", ");
        let message =
            format!("sets {}{more} below `cost_controls`, which nothing reads; it knows {names}", code_span(first));
        notes.push(broken(&page.name, &message, None).warning());
    }
    notes.extend(addresses(&page.name, &section.addresses));
    stated
}

fn json_section(page: &Page, notes: &mut Vec<Diagnostic>) -> Section {
    let Some(object) = page.text.as_deref().and_then(|text| Object::parse(text).ok()) else {
        return Section::default();
    };
    let mut section = Section::default();
    match (object.object("cost_controls"), object.raw("cost_controls")) {
        (Some(controls), _) => {
            let stated = controls.entries().filter(|(_, raw)| *raw != "null");
            let plain = |raw: &str| json::text(raw).unwrap_or_else(|| raw.to_owned());
            section.controls = stated.map(|(key, raw)| (key.to_owned(), plain(raw))).collect();
        }
        (None, Some(_)) => {
            let message = "holds `cost_controls` that is no object; other controls hold";
            notes.push(broken(&page.name, message, None).warning());
        }
        (None, None) => {}
    }
    let inner = object.object("notifications");
    for part in [Some(&object), inner.as_ref()].into_iter().flatten() {
        let filled = part.entries().filter(|(_, raw)| !matches!(*raw, "null" | "false" | "\"\"" | "{}" | "[]"));
        section.addresses.extend(filled.map(|(key, _)| key.to_owned()));
    }
    section
}

/// The user's file, as far as it is about controls; numbers and truth values arrive as they are written.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UserFile {
    cost_controls: Option<BTreeMap<String, Option<Exact>>>,
    notifications: Option<BTreeMap<String, Option<Filled>>>,
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
}

/// A value of which only matters whether it is empty.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Filled {
    Text(String),
    Other(IgnoredAny),
}

fn yaml_section(page: &Page, notes: &mut Vec<Diagnostic>) -> Section {
    let Some(text) = page.text.as_deref().filter(|text| !text.trim().is_empty()) else { return Section::default() };
    let file = match wfo_base::yaml::parse::<Option<UserFile>>(text) {
        Ok(file) => file.unwrap_or_default(),
        Err(fault) => {
            // what is wrong for the limits as well was named there
            if wfo_base::yaml::parse::<Option<super::UserFile>>(text).is_ok() {
                let line = fault.place.map_or(1, |(line, _)| line);
                let message = format!("has controls that cannot be read: {}; others hold", fault.message);
                notes.push(broken(&page.name, &message, None).at_line(&page.name, line).warning());
            }
            return Section::default();
        }
    };
    let controls = file.cost_controls.unwrap_or_default();
    let inner = file.notifications.unwrap_or_default();
    let filled = inner.into_iter().filter(|(_, value)| match value {
        Some(Filled::Text(text)) => !text.is_empty(),
        Some(Filled::Other(IgnoredAny)) => true,
        None => false,
    });
    Section {
        controls: controls.into_iter().filter_map(|(key, value)| Some((key, value?.0))).collect(),
        addresses: file.others.into_keys().chain(filled.map(|(key, _)| key)).collect(),
    }
}

/// Returns one warning for each kind of address that a file holds; neither address nor key is repeated.
fn addresses(name: &str, keys: &[String]) -> Vec<Diagnostic> {
    const SLACK: &str = "`WFO_SLACK_WEBHOOK`";
    const DISCORD: &str = "`WFO_DISCORD_WEBHOOK`";
    let mut found = [false; 4];
    for key in keys {
        let key = key.to_ascii_lowercase();
        let kind = match () {
            () if key.contains("discord") => 1,
            () if key.contains("slack") => 0,
            () if key.contains("webhook") || key == "url" => 2,
            () if key.contains("mail") => 3,
            () => continue,
        };
        if let Some(slot) = found.get_mut(kind) {
            *slot = true;
        }
    }
    let either = format!("{SLACK} or {DISCORD}");
    let kinds = [("a Slack", SLACK), ("a Discord", DISCORD), ("a webhook's", either.as_str()), ("an e-mail", &either)];
    let held = kinds.into_iter().zip(found).filter(|(_, found)| *found);
    held.map(|((what, variable), _)| {
        Problem::new(codes::COST_NOTIFY_IN_FILE, format!("`{name}` holds {what} address; it is not used"))
            .hint(format!("set the environment variable {variable}, and take the address out of the file"))
            .in_file(name)
            .warning()
    })
    .collect()
}

#[cfg(test)]
mod tests;
