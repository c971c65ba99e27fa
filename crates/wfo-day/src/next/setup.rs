//! Phase 0, where there is no workflow yet: which step of the set-up is open in a repository that works by the git-flow.
//! Weighs facts that others collect.

use wfo_base::config::Config;
use wfo_base::text::one_line;
use wfo_todo::phase::facts::{Flow, Setup};
use wfo_todo::phase::{self, Derived, Facts, Proven, Steps};

use super::{Ask, Choice};

/// Collects what the set-up lacks; `None` where the git-flow is not in use.
fn facts(ask: &Ask<'_>, config: &Config) -> Option<Setup> {
    crate::setup_facts::is_on(ask.place).then(|| crate::setup_facts::setup(ask.place, ask.home, config))
}

/// Derives the open step of the set-up; `None` where nothing is open, or where the git-flow is not in use.
pub(super) fn derive(ask: &Ask<'_>, config: &Config, steps: &Steps) -> Option<Derived> {
    facts(ask, config).and_then(|setup| open(steps, setup))
}

fn open(steps: &Steps, setup: Setup) -> Option<Derived> {
    let facts = Facts { setup, flow: Flow::default(), ..Facts::default() };
    let derived = phase::derive(steps, &facts, phase::Path::Normal, None);
    derived.step.is_some().then_some(derived)
}

/// Words the open step as something that can be begun.
pub(super) fn choice(derived: &Derived) -> Choice {
    let open = derived.evidence.iter().find(|one| Some(&one.step) == derived.step.as_ref());
    let detail = open.map(|one| one_line(&one.detail).into_owned()).unwrap_or_default();
    let unknown = open.is_some_and(|one| one.proven == Proven::Unknown);
    let command = "`wfo-helper init --git-flow`".to_owned();
    let mut actions = match derived.step_word() {
        "0.1" => vec!["install what is missing".to_owned(), command],
        "0.4" => vec![command, "a yes to its proposal makes exactly these branches".to_owned()],
        _ => vec![command],
    };
    if !detail.is_empty() {
        actions.insert(0, if unknown { format!("not known: {detail}") } else { detail });
    }
    Choice { title: "the set-up is not finished", actions }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables;
    use wfo_todo::phase::Fact;

    #[test]
    fn the_first_part_of_the_set_up_that_is_missing_or_unknown_is_the_open_step() {
        let rows = tables::PHASES.load(&wfo_base::tables::Layers::default()).value;
        let steps = Steps::new(rows.into_iter().map(|(row, _)| row).collect());
        let all = |names: [&[&str]; 4]| {
            let [tools, folders, files, branches] =
                names.map(|names| Fact::Known(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()));
            Setup { tools, folders, files, branches }
        };
        for (missing, step) in [
            ([&["gh"][..], &["planning"], &["WORKFLOW.md"], &["develop"]], Some("0.1")),
            ([&[], &["planning"], &["WORKFLOW.md"], &["develop"]], Some("0.2")),
            ([&[], &[], &["WORKFLOW.md"], &["develop"]], Some("0.3")),
            // Whoever has the branches works by the flow, with other files perhaps: a later step proves those before it.
            ([&[], &["planning"], &["WORKFLOW.md"], &[]], None),
            ([&[], &[], &[], &["develop"]], Some("0.4")),
            ([&[], &[], &[], &[]], None),
        ] {
            let derived = open(&steps, all(missing));
            assert_eq!(derived.as_ref().map(Derived::step_word), step, "{missing:?}");
            let told = derived.map(|derived| choice(&derived).actions.join(" "));
            let named = missing.iter().find_map(|names| names.first());
            assert_eq!(told.is_some_and(|told| told.contains(named.copied().unwrap_or("?"))), step.is_some());
        }
        let unknown = open(&steps, Setup::default()).map(|derived| derived.step_word().to_owned());
        assert_eq!(unknown.as_deref(), Some("0.1"));
    }
}
