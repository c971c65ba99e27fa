//! The files that `init` lays, in order, and what is filled into them. A new one is one line in [`PAGES`] and one template.

use serde::Serialize;
use wfo_base::stack::{Commands, Slot, Stack};
use wfo_base::{Problem, template, text};

/// The file that keeps costs out of git.
pub(super) const COSTS: &str = "costs/.gitignore";

/// One file.
#[derive(Debug)]
pub(super) struct Page {
    /// Path relative to its root.
    pub(super) path: &'static str,
    /// Whether all worktrees share it: it then belongs to the main checkout.
    pub(super) shared: bool,
    flow_only: bool,
    filled: bool,
    template: &'static str,
}

impl Page {
    const fn own(path: &'static str, template: &'static str) -> Self {
        Self { path, shared: false, flow_only: false, filled: false, template }
    }

    const fn filled(path: &'static str, template: &'static str) -> Self {
        Self { filled: true, ..Self::own(path, template) }
    }

    const fn shared(path: &'static str, template: &'static str) -> Self {
        Self { shared: true, ..Self::own(path, template) }
    }

    /// Says whether the file belongs to a project with or without the git-flow.
    pub(super) fn belongs(&self, git_flow: bool) -> bool {
        git_flow || !self.flow_only
    }

    /// Returns the file's text.
    ///
    /// # Errors
    /// `template.invalid`, which a test rules out.
    pub(super) fn text(&self, values: &Values) -> Result<String, Problem> {
        if self.filled { template::render(self.path, self.template, values) } else { Ok(self.template.to_owned()) }
    }
}

macro_rules! text {
    ($name:literal) => {
        include_str!(concat!("../../../../templates/init/", $name))
    };
}

const PAGES: [Page; 14] = [
    Page::filled("CLAUDE.md", text!("CLAUDE.md.tera")),
    Page::filled("PLANNING.md", text!("PLANNING.md.tera")),
    Page::own("TASK.md", text!("TASK.md")),
    Page::own("Backlog.md", text!("Backlog.md")),
    Page::filled("README.md", text!("README.md.tera")),
    Page { flow_only: true, ..Page::filled("WORKFLOW.md", text!("WORKFLOW.md.tera")) },
    Page::filled(".taskmaster/docs/prd.txt", text!("prd.txt.tera")),
    Page::own(".prompts/research/choose.md", text!("prompts/research.md")),
    Page::own(".prompts/plan/steps.md", text!("prompts/plan.md")),
    Page::own(".prompts/do/one-step.md", text!("prompts/do.md")),
    Page::own(".prompts/refine/second-look.md", text!("prompts/refine.md")),
    Page::shared(COSTS, text!("costs.gitignore")),
    Page::shared(".wfo/config.yaml", text!("config.yaml")),
    Page::shared(".wfo/.gitignore", text!("wfo.gitignore")),
];

/// Returns the files in the order in which they are told.
pub(super) fn pages() -> impl Iterator<Item = &'static Page> {
    PAGES.iter()
}

/// What the templates may name.
#[derive(Debug, Serialize)]
pub(super) struct Values {
    project: String,
    commands: Vec<Row>,
    git_flow: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    purpose: String,
    command: String,
}

/// The most folders with commands of their own that are listed.
const FOLDERS: usize = 10;

impl Values {
    /// Takes what is known of the project.
    pub(super) fn new(project: &str, stack: &Stack, git_flow: bool) -> Self {
        let mut commands = rows(&stack.commands, "");
        for workspace in stack.workspaces.iter().filter(|workspace| !workspace.member).take(FOLDERS) {
            commands.extend(rows(&workspace.commands, &format!(" in {}", text::code_span(&workspace.path))));
        }
        Self { project: text::clip(&text::quoted(project), 100).into_owned(), commands, git_flow }
    }
}

fn rows(commands: &Commands, place: &str) -> Vec<Row> {
    let row = |slot: Slot| {
        let command = commands.get(slot)?;
        Some(Row { purpose: format!("{}{place}", slot.word()), command: text::code_span(command) })
    };
    [Slot::Test, Slot::Build, Slot::Lint, Slot::Format].into_iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(git_flow: bool) -> Values {
        let commands = Commands { test: Some("cargo test".into()), lint: Some("x | y".into()), ..Commands::default() };
        Values::new("demo <b>", &Stack { commands, ..Stack::default() }, git_flow)
    }

    #[test]
    fn every_file_can_be_filled_and_ends_with_one_line_end() {
        for git_flow in [false, true] {
            for page in pages() {
                for values in [values(git_flow), Values::new("p", &Stack::default(), git_flow)] {
                    let text = page.text(&values).unwrap();
                    assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{}: {text:?}", page.path);
                    assert!(!text.contains("\n\n\n"), "{}:\n{text}", page.path);
                    assert!(!text.contains("{{") && !text.contains("{%"), "{}", page.path);
                }
            }
        }
    }

    #[test]
    fn the_commands_of_the_stack_stand_in_the_rules() {
        let page = pages().find(|page| page.path == "CLAUDE.md").unwrap();
        let text = page.text(&values(true)).unwrap();
        assert!(text.contains("\n- test: `cargo test`\n- lint: `x | y`\n"), "{text}");
        assert!(text.contains("WORKFLOW.md") && text.contains("# demo ‹b›: rules"), "{text}");
        let bare = page.text(&Values::new("p", &Stack::default(), false)).unwrap();
        assert!(bare.contains("No known stack") && !bare.contains("WORKFLOW.md"), "{bare}");
    }

    #[test]
    fn fresh_task_lists_hold_no_task_and_their_examples_are_read_as_they_say() {
        for name in ["TASK.md", "Backlog.md"] {
            let page = pages().find(|page| page.path == name).unwrap();
            let text = page.text(&values(false)).unwrap();
            assert_eq!(wfo_todo::tasks(&text, name), vec![], "{name}");
            // The same page with its comment opened: the examples must mean what the page says.
            let opened = text.replace("<!-- ", "").replace("-->", "");
            let tasks = wfo_todo::tasks(&opened, name);
            assert_eq!(
                tasks.iter().filter(|task| !task.done).count(),
                if name == "TASK.md" { 4 } else { 2 },
                "{tasks:?}"
            );
            if name == "TASK.md" {
                assert_eq!(tasks.first().and_then(|task| task.priority), Some(wfo_todo::Level::P0));
                assert!(tasks.iter().any(|task| task.blocked_by.as_deref() == Some("Upload page")), "{tasks:?}");
                assert!(tasks.iter().any(|task| task.in_progress && task.text == "Half done"), "{tasks:?}");
                assert!(tasks.iter().any(|task| task.agent.is_some()), "{tasks:?}");
            } else {
                assert!(tasks.iter().all(|task| task.since.is_some()), "{tasks:?}");
            }
        }
    }

    #[test]
    fn the_settings_file_sets_nothing_and_is_read_without_a_word() {
        let folder = tempfile::tempdir().unwrap();
        let page = pages().find(|page| page.path == ".wfo/config.yaml").unwrap();
        wfo_base::atomic::make_folder(&folder.path().join("r/.wfo"), false).unwrap();
        let path = folder.path().join("r/.wfo/config.yaml");
        let load = || {
            let home = wfo_base::home::Home::at(folder.path().join("config"));
            wfo_base::config::Config::load(&home, Some(&folder.path().join("r")))
        };
        let text = page.text(&values(false)).unwrap();
        wfo_base::atomic::write(&path, text.as_bytes()).unwrap();
        assert_eq!((load().notes, load().text("start_day.command")), (vec![], None));
        // The example, taken out of its comment, is a setting that exists.
        let opened: String = text
            .lines()
            .map(|line| {
                format!(
                    "{}\n",
                    line.strip_prefix("# ")
                        .filter(|rest| rest.starts_with("start_day") || rest.starts_with("  "))
                        .unwrap_or("")
                )
            })
            .collect();
        wfo_base::atomic::write(&path, opened.as_bytes()).unwrap();
        assert_eq!((load().notes, load().text("start_day.command")), (vec![], Some("scripts/status")));
    }
}
