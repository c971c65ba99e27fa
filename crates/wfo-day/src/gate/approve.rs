//! A person's answers to the checklists of a gate, item by item, bound to the content that they are about.

use std::collections::BTreeMap;

use wfo_base::trust::Subject;
use wfo_base::{Problem, codes, text};
use wfo_gate::ChecklistRow;
use wfo_gate::gates::Holds;
use wfo_gate::judge::{Answer, Approval};
use wfo_gate::report::redacted;

use super::{Gates, store};

/// What a person says that is not yes.
#[derive(Debug, Clone, Copy)]
pub struct Answers<'a> {
    /// Items that do not hold.
    pub no: &'a [String],
    /// Items, or whole checklists, that do not apply.
    pub not_applicable: &'a [String],
    /// Who answers.
    pub by: &'a str,
}

/// Answers that could be stored.
#[derive(Debug)]
pub struct Approving {
    /// The gate, or the checklist that was named.
    pub name: String,
    /// Each checklist with the answers.
    pub lists: Vec<(ChecklistRow, BTreeMap<String, Answer>)>,
    by: String,
    content: Option<String>,
}

impl Gates<'_> {
    /// Puts the answers to a gate's checklists together: yes to every item that is not named.
    ///
    /// # Errors
    /// `gate.unknown`, `gate.item-unknown`, `git.no-repository`, `gate.content-unknown`.
    pub fn approving(&self, name: &str, answers: Answers<'_>) -> Result<Approving, Problem> {
        let lists: Vec<ChecklistRow> = self.checklists(name)?.into_iter().map(|(list, _)| list.clone()).collect();
        if lists.is_empty() {
            return Err(Problem::new(codes::GATE_ITEM_UNKNOWN, format!("gate `{name}` asks no person"))
                .hint(format!("`wfo-helper gate explain {name}` shows what it asks of tools")));
        }
        let Some(content) = self.content(&[]) else {
            return Err(Problem::new(codes::GIT_NONE, "there is no repository that could be approved")
                .hint("work inside a repository, or run `git init`"));
        };
        let content = content.map_err(|problem| super::judging::unknown_content(&problem))?.work;
        for id in answers.no.iter().chain(answers.not_applicable) {
            let whole = answers.not_applicable.contains(id) && lists.iter().any(|list| list.id == *id);
            if !whole && !lists.iter().flat_map(|list| &list.items).any(|item| item.id == *id) {
                let shown = text::quoted(&redacted(id));
                return Err(Problem::new(codes::GATE_ITEM_UNKNOWN, format!("`{shown}` is no item of `{name}`"))
                    .hint(format!("`wfo-helper gate explain {name}` lists the items")));
            }
        }
        let answer = |list: &ChecklistRow, id: &String| match () {
            () if answers.no.contains(id) => Answer::No,
            () if answers.not_applicable.contains(id) || answers.not_applicable.contains(&list.id) => {
                Answer::NotApplicable
            }
            () => Answer::Yes,
        };
        let lists = lists
            .into_iter()
            .map(|list| {
                let answers = list.items.iter().map(|item| (item.id.clone(), answer(&list, &item.id))).collect();
                (list, answers)
            })
            .collect();
        let by = text::clip(&redacted(answers.by), 100).into_owned();
        Ok(Approving { name: name.to_owned(), lists, by, content: Some(content) })
    }
}

impl Approving {
    /// Each answer, in words.
    #[must_use]
    pub fn acts(&self) -> Vec<String> {
        let mut acts = Vec::new();
        for (list, answers) in &self.lists {
            for item in &list.items {
                let answer = answers.get(&item.id).map_or("no answer", |answer| answer.word());
                acts.push(format!("{answer}: {} ({}/{})", text::quoted(&item.text), list.id, item.id));
            }
        }
        acts
    }

    /// Who answers.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// What a yes is bound to.
    #[must_use]
    pub fn subject(&self, gates: &Gates<'_>) -> Subject {
        let lists: Vec<_> = self.lists.iter().map(|(list, answers)| (&list.id, answers)).collect();
        let depends = self.lists.iter().any(|(list, _)| list.holds == Holds::Content);
        let texts: Vec<_> = self.acts();
        Subject {
            command: "gate approve".to_owned(),
            arguments: serde_json::json!([self.name, lists, self.by]).to_string(),
            main_checkout: gates.place.identity(),
            state: serde_json::json!([texts, self.content.as_deref().filter(|_| depends)]).to_string(),
        }
    }

    /// Stores the answers.
    ///
    /// # Errors
    /// `file.not-written` and the like.
    pub fn carry_out(&self, gates: &Gates<'_>) -> Result<(), Problem> {
        let at = gates.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let approval = |(list, answers): &(ChecklistRow, BTreeMap<String, Answer>)| Approval {
            checklist: list.id.clone(),
            answers: answers.clone(),
            content: self.content.clone(),
            by: self.by.clone(),
            at: at.clone(),
        };
        let approvals: Vec<Approval> = self.lists.iter().map(approval).collect();
        store::keep_approvals(gates, &approvals)
    }
}
