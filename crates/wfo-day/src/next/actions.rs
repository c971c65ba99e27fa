//! What a step comes to: exact git, host and helper commands, and between them what only somebody with judgement can do.
//! Words them; runs none.

use wfo_base::text::{code_span, one_line, quoted, shell_word};
use wfo_todo::phase::facts::Place;
use wfo_todo::{Kind, TaskStatus};

use super::offer::{self, Offer};
use super::{Scope, Workflow, flow};

/// The most open tasks that are named.
const TASKS: usize = 3;

/// What actions are made of.
pub(super) struct Acts<'a> {
    pub(super) workflow: &'a Workflow,
    pub(super) scope: &'a Scope,
    /// The message of the commit of what the step writes.
    pub(super) commit: Option<&'a str>,
}

impl Acts<'_> {
    /// Returns the actions of a step; `None` = everything is done.
    pub(super) fn of(&self, step: Option<&str>) -> Vec<String> {
        let Some(step) = step else { return self.finished() };
        let slug = &self.workflow.slug;
        let run = |command: String| vec![format!("`{command}`")];
        let mut acts = match step {
            "1.1" | "1.2" | "1.3" => Self::asked(&format!("wfo-helper todo plan {slug}")),
            "2.1" | "5.1" | "6.1" => self.worktree(),
            "2.2" => self.enter(),
            "2.3" => Self::asked(&format!("wfo-helper todo spec {slug}")),
            "2.3.1" | "6.1.1" => vec![
                "a person reads the migrations: `wfo-helper gate explain schema`".to_owned(),
                "`wfo-helper gate approve schema`".to_owned(),
            ],
            "2.4" | "6.2" => self.tasks(),
            "2.5" | "3.1" | "6.3" => {
                vec!["write the tests that are missing".to_owned(), "`wfo-helper gate run quality`".to_owned()]
            }
            "2.6" => vec!["write the container file and build it".to_owned()],
            "3.2" | "6.4" | "5.2" => {
                run("wfo-helper gate run quality".to_owned()).into_iter().chain(self.missing_branch()).collect()
            }
            "3.3" | "6.5" => self.version(),
            "4.1" | "5.4" | "6.6" => self.offer(),
            "4.2" => vec![format!("a person reviews the pull request{}", self.number())],
            "4.3" => {
                let pr = self.pr();
                run(format!("wfo-helper pr feedback --pr {pr}"))
            }
            "4.4" | "5.5" | "6.7" => self.merge(),
            "4.5" | "5.8" | "6.10" => run(format!("wfo-helper todo archive --todo {slug}")),
            "4.6" => run(format!("wfo-helper todo asbuilt {slug}")),
            "4.7" => self.rebase(),
            "4.8" => self.onwards(),
            "5.3" => self.notes(),
            "5.6" | "6.8" => self.tag(),
            "5.7" | "6.9" => self.back(),
            _ => Vec::new(),
        };
        acts.extend(self.commit(step));
        acts
    }

    /// The commit of exactly what the step writes: in the main checkout by `todo commit`, which looks for secrets; in the worktree, where
    /// the work itself is, by git and the commit guard.
    fn commit(&self, step: &str) -> Vec<String> {
        let Some(message) = self.commit else { return Vec::new() };
        let slug = &self.workflow.slug;
        let message = shell_word(&message.replace("{slug}", slug));
        match step {
            "1.1" | "1.2" | "1.3" | "1.4" | "3.3" | "4.5" | "4.6" | "5.8" | "6.5" | "6.10" => {
                vec![format!("`wfo-helper todo commit --todo {slug} --message {message}`")]
            }
            "4.3" => {
                let pr = self.pr();
                vec![format!("`wfo-helper todo commit --pr {pr} --message {message}`")]
            }
            "2.3" => vec![format!("`wfo-helper todo commit --todo {slug} --worktree --message {message}`")],
            "5.3" => self.commit_there(&message, &["CHANGELOG.md"]),
            _ => Vec::new(),
        }
    }

    /// Adds and commits exactly these paths in the checkout of the branch.
    fn commit_there(&self, message: &str, paths: &[&str]) -> Vec<String> {
        let git = match &self.scope.checkout {
            Some(path) if self.scope.facts.place != Place::Inside => {
                format!("git -C {}", shell_word(&path.to_string_lossy()))
            }
            _ => "git".to_owned(),
        };
        let paths: Vec<String> = paths.iter().map(|path| shell_word(path)).collect();
        let paths = paths.join(" ");
        vec![format!("`{git} add -- {paths}`"), format!("`{git} commit -m {message} -- {paths}`")]
    }

    /// Documents that are written from a person's answers.
    fn asked(command: &str) -> Vec<String> {
        vec![
            format!("ask the person what `{command}` lists as open questions, and keep the answers in a file"),
            format!("`{command} --answers FILE`"),
        ]
    }

    fn notes(&self) -> Vec<String> {
        let version = self.scope.version.as_deref().and_then(wfo_todo::version::read);
        let version = version.map_or_else(String::new, |version| format!(" --for-version {version}"));
        vec![
            format!("`wfo-helper release notes{version} --write`"),
            format!("bring the documents up to {}", self.version_word()),
        ]
    }

    fn finished(&self) -> Vec<String> {
        if self.workflow.archived {
            return Vec::new();
        }
        vec![format!("`wfo-helper todo archive --todo {}`", self.workflow.slug)]
    }

    fn branch(&self) -> String {
        shell_word(&self.scope.branch)
    }

    fn base(&self) -> String {
        shell_word(&self.scope.facts.flow.base)
    }

    fn worktree(&self) -> Vec<String> {
        let start = flow::start(self.workflow.kind, &self.scope.facts.flow);
        if self.scope.tip.is_some() {
            return vec![format!("`wfo-helper worktree create {} --existing`", self.branch())];
        }
        let base = if start.is_empty() { String::new() } else { format!(" --base {}", shell_word(start)) };
        vec![format!("`wfo-helper worktree create {}{base}`", self.branch())]
    }

    fn enter(&self) -> Vec<String> {
        match &self.scope.checkout {
            Some(path) => vec![format!("`cd {}`", shell_word(&path.to_string_lossy()))],
            None => self.worktree(),
        }
    }

    fn missing_branch(&self) -> Option<String> {
        let path = self.scope.checkout.as_ref()?;
        Some(format!("run it in {}", code_span(&path.to_string_lossy())))
    }

    fn tasks(&self) -> Vec<String> {
        let said = &self.workflow.said;
        let fits = |task: &&wfo_todo::TodoTask| {
            matches!(task.status, TaskStatus::Pending | TaskStatus::InProgress)
                && task.depends_on.iter().all(|id| {
                    said.tasks
                        .iter()
                        .all(|other| other.id.as_ref() != Some(id) || other.status == TaskStatus::Completed)
                })
        };
        let named = said.open_tasks().filter(fits).take(TASKS).map(|task| {
            let id = task.id.as_deref().map(|id| format!("{} ", one_line(id))).unwrap_or_default();
            format!("task {id}{}", quoted(&task.description))
        });
        let mut acts: Vec<String> = named.collect();
        if acts.is_empty() {
            acts.push("make the change with its tests, and commit it".to_owned());
        } else {
            acts.push(
                "commit each task with its tests, then `wfo-helper todo task set ID --status completed`".to_owned(),
            );
        }
        acts
    }

    fn version_word(&self) -> String {
        self.scope.version.as_deref().map_or_else(|| "VERSION".to_owned(), |version| one_line(version).into_owned())
    }

    fn version(&self) -> Vec<String> {
        let demanded = self.scope.facts.versions.known().map(|versions| versions.demanded.clone());
        let demanded = demanded.unwrap_or_else(|| "VERSION".to_owned());
        let set =
            format!("wfo-helper todo set quality_gates.semantic_version={demanded} --todo {}", self.workflow.slug);
        vec![
            format!("the commits ask for {demanded} at least: `wfo-helper release version` has every reason"),
            format!("`{set}`"),
        ]
    }

    fn offer(&self) -> Vec<String> {
        let ship = [
            format!("`wfo-helper todo ship {}`", self.workflow.slug),
            // Its commit is new content: what was proved before is not proved for it.
            "after its commit once more: `wfo-helper gate run quality`, then `wfo-helper next`".to_owned(),
        ];
        let ship = (self.workflow.kind != Kind::Release).then_some(ship);
        let push = format!("`git push -u origin {}`", self.branch());
        let title = format!("{}: {}", self.workflow.kind.as_str(), one_line(&self.workflow.said.title));
        let (scope, title) = (self.scope, wfo_base::text::clip(&title, 100).into_owned());
        let body = offer::body(self.workflow, scope);
        let call = Offer { head: &scope.branch, base: &scope.facts.flow.base, title: &title, body: &body };
        ship.into_iter().flatten().chain([push]).chain(call.commands(scope.remote_url.as_deref())).collect()
    }

    fn number(&self) -> String {
        self.scope.facts.pr.known().and_then(Option::as_ref).map(|pr| format!(" {}", pr.number)).unwrap_or_default()
    }

    fn pr(&self) -> String {
        let number = self.number();
        if number.is_empty() { "N".to_owned() } else { number.trim().to_owned() }
    }

    fn merge(&self) -> Vec<String> {
        let number = self.number();
        let there = if number.is_empty() {
            "a person merges the pull request at its host".to_owned()
        } else {
            format!("a person merges pull request{number} at its host")
        };
        let here = format!("or here, on {}: `wfo-helper worktree merge {}`", code_span(&self.base()), self.branch());
        vec![there, here, "`git fetch --prune` afterwards".to_owned()]
    }

    fn rebase(&self) -> Vec<String> {
        let flow = &self.scope.facts.flow;
        let (base, develop) = (self.base(), shell_word(flow.develop.as_deref().unwrap_or("develop")));
        vec![
            format!("`git switch {base}`"),
            format!("`git rebase {develop}`"),
            format!("`git push --force-with-lease origin {base}`"),
        ]
    }

    fn onwards(&self) -> Vec<String> {
        let flow = &self.scope.facts.flow;
        let develop = flow.develop.as_deref().unwrap_or("develop");
        let title = format!("{} to {develop}", flow.base);
        let body = [format!("Brings {} on to {develop}: {}", flow.base, quoted(&self.workflow.said.title))];
        let call = Offer { head: &flow.base, base: develop, title: &title, body: &body };
        let push = format!("`git push origin {}`", self.base());
        std::iter::once(push).chain(call.commands(self.scope.remote_url.as_deref())).collect()
    }

    fn tag(&self) -> Vec<String> {
        let version = self.scope.version.as_deref().and_then(wfo_todo::version::read);
        let version = version.map_or_else(|| "VERSION".to_owned(), |version| version.to_string());
        let main = shell_word(self.scope.facts.flow.main.as_deref().unwrap_or("main"));
        vec![
            format!("`git tag -a v{version} -m {} {main}`", shell_word(&format!("Release {version}"))),
            format!("`git push origin v{version}`"),
        ]
    }

    fn back(&self) -> Vec<String> {
        let flow = &self.scope.facts.flow;
        let develop = shell_word(flow.develop.as_deref().unwrap_or("develop"));
        let from = match self.workflow.kind {
            Kind::Feature => self.base(),
            Kind::Release | Kind::Hotfix => shell_word(flow.main.as_deref().unwrap_or("main")),
        };
        vec![
            format!("`git switch {develop}`"),
            format!("`git merge --no-ff {from}`"),
            format!("`git push origin {develop}`"),
        ]
    }
}
