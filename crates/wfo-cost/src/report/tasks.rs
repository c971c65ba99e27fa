//! Which type of task a call belongs to, told by the skill or the agent that it is put down to.
//! The rows come from whoever asks; what no row names is `unknown`, never a guess.

use std::collections::HashMap;

/// The task type of what no row names.
pub const UNKNOWN: &str = "unknown";

/// Task types by skill and by agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tasks {
    skills: HashMap<String, String>,
    agents: HashMap<String, String>,
}

impl Tasks {
    /// Makes the lookup from (name, task type) pairs.
    #[must_use]
    pub fn new(
        skills: impl IntoIterator<Item = (String, String)>,
        agents: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self { skills: skills.into_iter().collect(), agents: agents.into_iter().collect() }
    }

    /// Returns the task type: the agent's, else the skill's, else [`UNKNOWN`]. A name behind a plugin's prefix
    /// (`wfo:debug`) is also found without it.
    #[must_use]
    pub fn task(&self, skill: Option<&str>, agent: Option<&str>) -> &str {
        let by_agent = agent.and_then(|name| find(&self.agents, name));
        by_agent.or_else(|| skill.and_then(|name| find(&self.skills, name))).unwrap_or(UNKNOWN)
    }
}

fn find<'a>(rows: &'a HashMap<String, String>, name: &str) -> Option<&'a str> {
    let bare = name.rsplit_once(':').map_or(name, |(_, bare)| bare);
    rows.get(name).or_else(|| rows.get(bare)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agent_tells_the_task_before_the_skill_does_and_nothing_is_guessed() {
        let pair = |name: &str, task: &str| (name.to_owned(), task.to_owned());
        let tasks =
            Tasks::new([pair("debug", "analysis"), pair("other:build", "code")], [pair("Explore", "extraction")]);
        for (skill, agent, task) in [
            (Some("debug"), None, "analysis"),
            (Some("wfo:debug"), None, "analysis"),
            (Some("debug"), Some("Explore"), "extraction"),
            (Some("debug"), Some("nobody"), "analysis"),
            (Some("other:build"), None, "code"),
            (Some("build"), None, UNKNOWN),
            (None, Some("debug"), UNKNOWN),
            (None, None, UNKNOWN),
        ] {
            assert_eq!(tasks.task(skill, agent), task, "{skill:?} {agent:?}");
        }
    }
}
