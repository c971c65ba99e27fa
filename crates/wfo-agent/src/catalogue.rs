//! The rows of `reference/data/agents.yaml`: which agents there are and what each is good at.
//! Never says whether an agent is installed; only the machine at hand knows that.

use crate::task_type::TaskType;

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

impl wfo_base::tables::Row for AgentRow {
    fn id(&self) -> &str {
        &self.id
    }
}
