//! The built-in table of steps, rows that cannot be, and which rows of a repository count.
//! Where a workflow stands is tested in `derive`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it needs")]

use super::*;
use crate::phase::proof::Where;
use wfo_base::tables;

const TABLE: &str = include_str!("../../../../../reference/data/phases.yaml");

#[test]
fn the_built_in_table_has_every_step_of_the_six_phases_in_order() {
    let parsed = tables::parse::<StepRow>("phases.yaml", TABLE);
    assert_eq!(parsed.notes, vec![]);
    let ids: Vec<&str> = parsed.value.iter().map(|(row, _)| row.id.as_str()).collect();
    let expected = "0.1 0.2 0.3 0.4 1.1 1.2 1.3 1.4 2.1 2.2 2.3 2.3.1 2.4 2.5 2.6 3.1 3.2 3.3 4.1 4.2 4.3 4.4 4.5 4.6 4.7 4.8 \
                    5.1 5.2 5.3 5.4 5.5 5.6 5.7 5.8 6.1 6.1.1 6.2 6.3 6.4 6.5 6.6 6.7 6.8 6.9 6.10";
    assert_eq!(ids.join(" "), expected);
    let optional: Vec<&str> =
        parsed.value.iter().filter(|(row, _)| row.optional).map(|(row, _)| row.id.as_str()).collect();
    assert_eq!(optional.join(" "), "1.1 1.2 1.3 1.4 2.6 4.3 4.6");
}

#[test]
fn the_built_in_tables_are_read_as_they_are_compiled_in() {
    use wfo_base::tables::{FromRepository, Row, Table, built_in};
    fn rows<R: Row + 'static>(name: &'static str, built_in: &'static str) -> usize {
        let read = Table::<R> { name, built_in, from_repository: FromRepository::Ignored }.built_in();
        assert_eq!(read.notes, vec![], "{name}");
        let checked = read.value.iter().filter(|(row, _)| row.check().is_ok()).count();
        assert_eq!(checked, read.value.len(), "{name}");
        checked
    }
    assert_eq!(rows::<StepRow>("phases", built_in::PHASES), 45);
    assert_eq!(rows::<crate::phase::LimitRow>("limits", built_in::LIMITS), 2);
    assert!(rows::<crate::phase::PathRow>("paths", built_in::PATHS) > 5);
    assert!(rows::<crate::feedback::FeedbackRow>("feedback", built_in::FEEDBACK) > 3);
    assert!(rows::<crate::questions::QuestionRow>("questions", built_in::QUESTIONS) > 20);
    assert!(rows::<crate::trace::TechnologyRow>("technologies", built_in::TECHNOLOGIES) > 20);
    assert!(rows::<crate::version::PublicRow>("public", built_in::PUBLIC) > 3);
}

#[test]
fn merging_tagging_and_approving_need_a_person() {
    let steps = Steps::built_in();
    for row in &steps.rows {
        let last = row.proof.last().unwrap();
        let by_person = matches!(last, Proof::Approved | Proof::Tag)
            || matches!(last, Proof::Gate(name) if name == "schema")
            || row.proof.as_slice() == [Proof::Merged(Where::Base)]
            || row.proof.as_slice() == [Proof::Merged(Where::Main)];
        assert_eq!(row.human, by_person, "{}", row.id);
    }
}

#[test]
fn a_step_that_writes_documents_says_how_it_is_committed() {
    for row in Steps::built_in().rows {
        let writes = row.proof.iter().any(|proof| {
            matches!(
                proof,
                Proof::Document(_)
                    | Proof::Committed
                    | Proof::AsBuilt
                    | Proof::Notes
                    | Proof::Version
                    | Proof::Feedback
            )
        });
        assert!(!writes || row.commit.is_some(), "{}", row.id);
    }
}

#[test]
fn steps_are_read_as_numbers_and_ordered_by_them() {
    let id = |text: &str| StepId::read(text).unwrap();
    assert!(id("6.2") < id("6.10") && id("2.3") < id("2.3.1") && id("2.3.1") < id("2.4") && id("6.1") != id("6.10"));
    assert_eq!((id(" 2.4 ").phase(), id("2.4").as_str()), (2, "2.4"));
    for text in [
        "", "2", "2.", ".4", "2.04", "7.1", "2.0", "2.3.0", "2.3.1.1", "0.0", "complete", "2.4x", "-1.2", "2.256",
        "+2.4",
    ] {
        assert_eq!(StepId::read(text), None, "{text}");
    }
}

#[test]
fn a_row_that_cannot_be_is_named_with_its_line() {
    for row in [
        "{id: 2.4, title: T, workflows: [feature], proof: [work]}",
        "{id: \"7.1\", title: T, workflows: [feature], proof: [work]}",
        "{id: \"2.4\", title: T, workflows: [feature], proof: []}",
        "{id: \"2.4\", title: T, workflows: [], proof: [work]}",
        "{id: \"2.4\", title: T, workflows: [fix], proof: [work]}",
        "{id: \"2.4\", title: T, workflows: [feature], proof: [done]}",
        "{id: \"2.4\", title: T, workflows: [feature], proof: [work], when: [always]}",
        "{id: \"2.4\", title: \"\", workflows: [feature], proof: [work]}",
        "{id: \"2.4\", title: T, workflows: [feature], proof: [work], skills: [\"../x\"]}",
        "{id: \"2.4\", title: T, workflows: [feature], proof: [work], commit: \"a\\nb\"}",
        "{id: \"2.4\", title: T, workflows: [feature], proof: [work], run: make}",
    ] {
        let parsed = tables::parse::<StepRow>("p.yaml", &format!("rows:\n- {row}\n"));
        assert_eq!((parsed.value.len(), parsed.notes.len()), (0, 1), "{row}");
        assert_eq!(parsed.notes[0].problem.location.as_ref().unwrap().line, Some(2), "{row}");
    }
}

#[test]
fn a_repository_may_ask_for_more_but_not_for_less() {
    let steps = Steps::built_in();
    let old = steps.get(&StepId::read("2.5").unwrap()).unwrap();
    let change = |edit: fn(&mut StepRow)| {
        let mut row = old.clone();
        edit(&mut row);
        keeps_step(Some(old), &row)
    };
    assert!(change(|_| {}));
    assert!(change(|row| row.title = "Prüfen".into()));
    assert!(change(|row| row.proof.push(Proof::Tests)));
    assert!(change(|row| row.proof[1] = Proof::Coverage(90)));
    assert!(change(|row| row.human = true));
    assert!(change(|row| row.strict = true));
    assert!(!change(|row| row.proof[1] = Proof::Coverage(79)));
    assert!(!change(|row| row.proof.truncate(1)));
    assert!(!change(|row| row.optional = true));
    assert!(!change(|row| row.short = true));
    assert!(!change(|row| row.workflows = vec![Belongs::Release]));
    assert!(!change(|row| row.when = vec![When::Schema]));
    assert!(!change(|row| row.skills = vec!["other".into()]));
    let new = |alone| StepRow { id: StepId::read("2.7").unwrap(), alone, ..old.clone() };
    assert!(keeps_step(None, &new(true)) && !keeps_step(None, &new(false)));
    let human = steps.get(&StepId::read("4.4").unwrap()).unwrap();
    assert!(!keeps_step(Some(human), &StepRow { human: false, ..human.clone() }));
    let strict = steps.get(&StepId::read("2.3.1").unwrap()).unwrap();
    assert!(!keeps_step(Some(strict), &StepRow { strict: false, ..strict.clone() }));
}

#[test]
fn the_skills_of_a_phase_come_once_and_in_the_order_of_its_steps() {
    let steps = Steps::built_in();
    for (kind, phase, skills) in [
        (None, 0, vec!["next-step"]),
        (Some(Kind::Feature), 1, vec!["build-feature"]),
        (Some(Kind::Feature), 2, vec!["parallel-work", "build-feature"]),
        (Some(Kind::Feature), 4, vec!["next-step", "parallel-work", "build-feature"]),
        (Some(Kind::Hotfix), 6, vec!["parallel-work", "build-feature", "next-step"]),
        (Some(Kind::Hotfix), 2, vec![]),
    ] {
        assert_eq!(steps.skills(kind, phase), skills, "{kind:?} {phase}");
    }
}
