//! Edits at random over the whole corpus: nothing outside the edited value changes by a byte, and the values are the meant ones.
//! The checks know where each value stands from how the page was made, not from the code under test.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_yaml::{Mapping, Value};
use wfo_base::markdown;

use super::corpus::{Sample, route, samples};
use super::{Content, Edit, Front, Route};

static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(samples);

fn values(page: &str) -> Value {
    let front = markdown::front_matter(page).expect("front matter");
    serde_yaml::from_str(front.yaml).expect("YAML")
}

/// Finds the same value by its names.
fn at<'v>(value: &'v mut Value, path: &str) -> &'v mut Value {
    if let Some((id, key)) = path.strip_prefix('#').and_then(|rest| rest.split_once('.')) {
        let found = task(value.get_mut("tasks").expect("tasks"), id).expect("the task");
        return found.entry(Value::from(key)).or_insert(Value::Null);
    }
    path.split('.').fold(value, |value, key| {
        let map = value.as_mapping_mut().expect("a mapping");
        map.entry(Value::from(key)).or_insert(Value::Null)
    })
}

fn task<'v>(value: &'v mut Value, id: &str) -> Option<&'v mut Mapping> {
    match value {
        Value::Sequence(rows) => rows.iter_mut().find_map(|row| task(row, id)),
        Value::Mapping(map) => {
            if map.get("id").and_then(Value::as_str) == Some(id) {
                return Some(map);
            }
            map.iter_mut().find_map(|(key, row)| {
                let named = key.as_str() == Some(id) && row.is_mapping();
                if named { row.as_mapping_mut() } else { task(row, id) }
            })
        }
        _ => None,
    }
}

/// Sets one value and compares bytes and values; returns what stands there now.
fn check(sample: &Sample, front: &Front<'_>, leaf: usize, content: &Content) -> Result<String, TestCaseError> {
    let (page, leaf) = (&sample.page, &sample.leaves[leaf]);
    let out = front.edit(&[Edit::Set(route(&leaf.path), content.clone())]);
    let out = out.map_err(|problem| TestCaseError::fail(format!("{} {}: {problem}", sample.name, leaf.path)))?;
    let (before, after) = (&page[..leaf.start], &page[leaf.end..]);
    prop_assert!(
        out.len() >= before.len() + after.len(),
        "{} {} bytes are lost\n{page}\n{out}",
        sample.name,
        leaf.path
    );
    prop_assert!(out.starts_with(before) && out.ends_with(after), "{} {}\n{page}\n{out}", sample.name, leaf.path);
    let new = out[before.len()..out.len() - after.len()].to_owned();
    prop_assert!(!new.contains('\n'), "{new}");
    let mut expected = front.value.clone();
    *at(&mut expected, &leaf.path) = content.value();
    prop_assert_eq!(values(&out), expected, "{} {}", &sample.name, &leaf.path);
    Ok(new)
}

#[test]
fn every_value_of_the_corpus_can_be_edited_and_nothing_else_changes() {
    assert!(SAMPLES.len() >= 200);
    let mut edited = 0;
    for (number, sample) in SAMPLES.iter().enumerate() {
        let front = Front::read("t", sample.page.as_bytes()).expect(&sample.name);
        assert_eq!(values(&sample.page), front.value, "{}", sample.name);
        for leaf in (number % 2..sample.leaves.len()).step_by(2) {
            let content = match (leaf / 2) % 4 {
                0 => Content::text("x"),
                1 => Content::text("a: #b"),
                2 => Content::Number("6.10".into()),
                _ => Content::Null,
            };
            check(sample, &front, leaf, &content).unwrap_or_else(|error| panic!("{error}"));
            edited += 1;
        }
    }
    assert!(edited > 2_500, "{edited}");
}

#[test]
fn a_value_that_is_set_to_itself_reads_the_same() {
    for sample in SAMPLES.iter() {
        let front = Front::read("t", sample.page.as_bytes()).expect(&sample.name);
        for leaf in sample.leaves.iter().step_by(5) {
            let Some(Value::String(text)) = front.get(&route(&leaf.path)) else { continue };
            let out = front.edit(&[Edit::Set(route(&leaf.path), Content::text(text.as_str()))]).expect(&sample.name);
            assert_eq!(values(&out), values(&sample.page), "{}", sample.name);
        }
    }
}

/// Removes what an insertion added: the longest common beginning and end must make up the whole old page.
fn is_insertion(before: &str, after: &str) -> bool {
    let head = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let tail = before.bytes().rev().zip(after.bytes().rev()).take_while(|(a, b)| a == b).count();
    after.len() > before.len() && head + tail >= before.len()
}

#[test]
fn keys_and_items_are_added_to_every_page_and_no_byte_goes() {
    let row = || Content::map([("id", Content::text("new_001")), ("note", Content::text("a: b, 'c' # d"))]);
    let (mut keys, mut items) = (0, 0);
    for sample in SAMPLES.iter() {
        let page = &sample.page;
        let front = Front::read("t", page.as_bytes()).expect(&sample.name);
        for path in ["fresh", "workflow_progress.fresh", "metadata.fresh", "tasks.fresh"] {
            let parent = path.rsplit_once('.').map_or(Some(&front.value), |(parent, _)| front.get(&route(parent)));
            if !parent.is_some_and(Value::is_mapping) {
                continue;
            }
            let out =
                front.edit(&[Edit::Set(route(path), row())]).unwrap_or_else(|problem| panic!("{problem}\n{page}"));
            let mut expected = values(page);
            *at(&mut expected, path) = row().value();
            assert_eq!(values(&out), expected, "{}", sample.name);
            assert!(is_insertion(page, &out), "{}\n{page}\n{out}", sample.name);
            keys += 1;
        }
        for path in ["tasks.planning", "tasks.implementation", "tasks.testing", "tasks", "fresh_list", "no_list"] {
            let present = front.get(&route(path)).cloned();
            if present.as_ref().is_some_and(|value| !value.is_sequence() && !value.is_null()) {
                continue;
            }
            if present.is_none() && path.starts_with("tasks.") {
                continue;
            }
            let out =
                front.edit(&[Edit::Append(route(path), row())]).unwrap_or_else(|problem| panic!("{problem}\n{page}"));
            let mut expected = values(page);
            let list = at(&mut expected, path);
            match list {
                Value::Sequence(rows) => rows.push(row().value()),
                other => *other = Value::Sequence(vec![row().value()]),
            }
            assert_eq!(values(&out), expected, "{}", sample.name);
            let was_written = present.is_some_and(|value| value.as_sequence().is_none_or(Vec::is_empty));
            assert!(was_written || is_insertion(page, &out), "{} {path}\n{page}\n{out}", sample.name);
            let comments = |page: &str| page.matches('#').count();
            assert_eq!(comments(&out), comments(page) + 1, "{}\n{page}\n{out}", sample.name);
            items += 1;
        }
    }
    assert!(keys > 600 && items > 500, "{keys} {items}");
}

fn contents() -> impl Strategy<Value = Content> {
    const NASTY: [&str; 30] = [
        "",
        " ",
        "no",
        "~",
        "null",
        "true",
        "0644",
        "1_000",
        "1e3",
        ".inf",
        "2026-11-21",
        "12:30:45",
        "- a",
        "? a",
        "a: b",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "{{ a }}",
        "---",
        "...",
        "a\n---\nb",
        "\t\ta",
        "x:?",
        "<<",
    ];
    prop_oneof![
        4 => "\\PC{0,30}".prop_map(Content::Text),
        3 => proptest::sample::select(&NASTY[..]).prop_map(Content::text),
        2 => any::<String>().prop_filter("a NUL is no text", |text| !text.contains('\0')).prop_map(Content::Text),
        2 => "[a-z '\"#:,\\[\\]{}|>&*!%@`\\-?\n\t\\\\]{0,12}".prop_map(Content::Text),
        1 => any::<i64>().prop_map(|number| Content::Number(number.to_string())),
        1 => any::<bool>().prop_map(Content::Bool),
        1 => Just(Content::Null),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_goes_into_any_value_and_only_its_bytes_change(which in any::<Index>(), leaf in any::<Index>(), content in contents()) {
        let sample = which.get(&SAMPLES);
        let front = Front::read("t", sample.page.as_bytes()).expect("readable");
        check(sample, &front, leaf.index(sample.leaves.len()), &content)?;
    }

    #[test]
    fn several_edits_give_what_one_after_the_other_gives(which in any::<Index>(), picks in prop::collection::vec((any::<Index>(), contents()), 1..6)) {
        let sample = which.get(&SAMPLES);
        let edits: Vec<Edit> = picks.iter().map(|(leaf, content)| {
            Edit::Set(route(&leaf.get(&sample.leaves).path), content.clone())
        }).collect();
        let front = Front::read("t", sample.page.as_bytes()).expect("readable");
        let at_once = front.edit(&edits).expect("edited");
        let mut page = sample.page.clone();
        for edit in &edits {
            page = Front::read("t", page.as_bytes()).expect("readable").edit(std::slice::from_ref(edit)).expect("edited");
        }
        prop_assert_eq!(values(&at_once), values(&page));
        let body = markdown::front_matter(&at_once).expect("front matter").body;
        prop_assert_eq!(body, front.body());
    }

    #[test]
    fn a_damaged_page_is_edited_rightly_or_not_at_all(which in any::<Index>(), cuts in prop::collection::vec((any::<Index>(), "[ \\-:#'\"|>&*!\\[\\]{},\ta\u{85}\u{2028}\n]{0,2}"), 1..4), leaf in any::<Index>()) {
        let sample = which.get(&SAMPLES);
        let mut text = sample.page.clone();
        for (place, new) in &cuts {
            let mut at = place.index(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
            text.replace_range(at..end, new);
        }
        let Ok(front) = Front::read("t", text.as_bytes()) else { return Ok(()) };
        let path = &leaf.get(&sample.leaves).path;
        let (content, target): (_, Route) = (Content::text("new value"), route(path));
        let there = front.get(&target).is_some();
        let signs = |text: &str| text.matches('#').count();
        let inside = front.get(&target).and_then(Value::as_str).map_or(0, signs);
        if let Ok(out) = front.edit(&[Edit::Set(target.clone(), content)]) {
            let again = Front::read("t", out.as_bytes()).expect("still front matter");
            prop_assert_eq!(again.get(&target).and_then(Value::as_str), Some("new value"));
            prop_assert_eq!(again.body(), front.body());
            prop_assert!(signs(&out) + inside >= signs(&text), "a comment is lost\n{text}\n{out}");
            if there {
                let (mut before, mut after) = (front.value.clone(), again.value.clone());
                *at(&mut before, path) = Value::Null;
                *at(&mut after, path) = Value::Null;
                prop_assert_eq!(before, after);
            }
        }
    }
}
