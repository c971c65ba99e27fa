//! The agent catalogue and routing of tasks to agents.
