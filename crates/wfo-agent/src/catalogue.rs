//! The rows of `reference/data/agents.yaml`: which agents there are and what each is good at.
//! Never says whether an agent is installed; only the machine at hand knows that.

use std::collections::BTreeSet;

use wfo_base::tables::Row;

use crate::task_type::TaskType;

/// The category of the agent that takes what no other fits.
pub const FALLBACK: &str = "fallback";

/// How a catalogue entry is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgentKind {
    /// A sub-agent, started with the host's task tool.
    #[default]
    Agent,
    /// A skill, loaded into the session.
    Skill,
}

/// How strong, and how dear, a model the agent's work asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Short, well-defined work.
    Light,
    /// Everyday work.
    #[default]
    Standard,
    /// Judgement over much context.
    Strong,
}

/// One row of the agent table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentRow {
    /// `plugin:name`, or a skill's name.
    pub id: String,
    /// Other names that mean the same agent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Agent or skill.
    #[serde(default)]
    pub kind: AgentKind,
    /// The shelf it stands on, such as `debugging`; `fallback` marks the agent for everything else.
    pub category: String,
    /// What it knows.
    #[serde(default)]
    pub specialties: Vec<String>,
    /// When to take it, in one sentence.
    #[serde(default)]
    pub best_for: String,
    /// Words and word groups that speak for it, lower case.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Kinds of work it is made for (30 points).
    #[serde(default)]
    pub task_types: Vec<TaskType>,
    /// Kinds of work it can also do (15 points).
    #[serde(default)]
    pub secondary: Vec<TaskType>,
    /// Kinds of work for which it wins ties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first_for: Vec<TaskType>,
    /// Files it knows: `*.sql` is a file name, `migrations/` a folder anywhere in the path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// Strength of model it asks for.
    #[serde(default)]
    pub tier: Tier,
    /// The plugin that brings it; absent for what the host has itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
}

impl AgentRow {
    /// Says whether this is the agent for everything else.
    #[must_use]
    pub fn is_fallback(&self) -> bool {
        self.category == FALLBACK
    }

    /// Returns id and aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

impl Row for AgentRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        let name = |text: &str| {
            !text.is_empty()
                && text.len() <= 100
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b":_-.".contains(&b))
        };
        if let Some(bad) = self.names().find(|text| !name(text)) {
            return Err(format!("`{bad}` is not an agent's name: letters, digits and `:_-.`"));
        }
        if let (Some((prefix, _)), Some(plugin)) = (self.id.split_once(':'), &self.plugin)
            && prefix != plugin
        {
            return Err(format!("`{}` belongs to plugin `{prefix}`, not `{plugin}`", self.id));
        }
        if self.keywords.is_empty() && !self.is_fallback() {
            return Err(format!("`{}` has no keywords, so no task can find it", self.id));
        }
        let mut seen = BTreeSet::new();
        for keyword in &self.keywords {
            if keyword.to_lowercase() != *keyword || !keyword.chars().any(char::is_alphanumeric) {
                return Err(format!("keyword `{keyword}` is not a word in lower case"));
            }
            if !seen.insert(keyword) {
                return Err(format!("keyword `{keyword}` stands twice"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wfo_base::tables;

    fn built_in() -> Vec<AgentRow> {
        let text = include_str!("../../../reference/data/agents.yaml");
        let parsed = tables::parse::<AgentRow>("agents.yaml", text);
        assert_eq!(parsed.notes, vec![]);
        parsed.value.into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn the_built_in_table_is_sorted_and_every_name_means_one_agent() {
        let rows = built_in();
        assert!(rows.is_sorted_by_key(|row| row.id.clone()));
        let mut names: Vec<&str> = rows.iter().flat_map(AgentRow::names).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert_eq!(rows.iter().filter(|row| row.is_fallback()).count(), 1);
    }

    #[test]
    fn every_kind_of_work_but_building_has_one_first_choice() {
        let rows = built_in();
        for kind in TaskType::ALL {
            let first = rows.iter().filter(|row| row.first_for.contains(&kind)).count();
            assert_eq!(first, usize::from(kind != TaskType::Implementation), "{kind}");
        }
        assert!(rows.iter().all(|row| row.first_for.iter().all(|kind| row.task_types.contains(kind))));
    }

    #[test]
    fn plugins_are_named_where_the_id_has_one() {
        for row in built_in() {
            assert_eq!(row.plugin.as_deref(), row.id.split_once(':').map(|(plugin, _)| plugin), "{}", row.id);
            assert_eq!(row.kind == AgentKind::Skill, row.plugin.is_none() && !row.is_fallback(), "{}", row.id);
        }
    }

    #[test]
    fn the_fields_of_a_row_and_what_they_may_hold_are_checked() {
        for (row, fault) in [
            ("{id: a, category: x, keywords: [b], colour: red}", "colour"),
            ("{id: a, category: x, keywords: [B]}", "lower case"),
            ("{id: a, category: x, keywords: [b, b]}", "twice"),
            ("{id: a, category: x}", "no keywords"),
            ("{id: \"a b\", category: x, keywords: [b]}", "not an agent's name"),
            ("{id: \"p:a\", plugin: q, category: x, keywords: [b]}", "belongs to plugin `p`"),
            ("{id: a, category: x, keywords: [b], task_types: [cooking]}", "cooking"),
        ] {
            let parsed = tables::parse::<AgentRow>("agents.yaml", &format!("rows:\n- {row}\n"));
            let [note] = parsed.notes.as_slice() else { panic!("one note for {row}") };
            assert!(note.problem.message.contains(fault), "{}", note.problem.message);
        }
    }
}
