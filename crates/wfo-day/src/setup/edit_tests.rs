//! Edits of settings texts: what is added, and that the way back is byte for byte.

use super::*;
use proptest::prelude::*;

const RULES: [&str; 2] = ["Skill(wfo:*)", "Bash(wfo-helper *)"];

fn there_and_back(text: &str) -> Edited {
    let edited = insert(text, &RULES).unwrap_or_else(|refused| panic!("{text}: {refused:?}"));
    let back = remove(&edited.text, &RULES, &edited.made).unwrap();
    assert_eq!(back.text, text, "the way back from\n{}", edited.text);
    edited
}

#[test]
fn new_lines_take_the_layout_of_the_file() {
    for (before, after) in [
        (
            "{\n  \"model\": \"opus\"\n}\n",
            "{\n  \"permissions\": {\n    \"allow\": [\n      \"Skill(wfo:*)\",\n      \"Bash(wfo-helper *)\"\n    ]\n  },\n  \"model\": \"opus\"\n}\n",
        ),
        (
            "{\n\t\"permissions\": {\n\t\t\"deny\": []\n\t}\n}",
            "{\n\t\"permissions\": {\n\t\t\"allow\": [\n\t\t\t\"Skill(wfo:*)\",\n\t\t\t\"Bash(wfo-helper *)\"\n\t\t],\n\t\t\"deny\": []\n\t}\n}",
        ),
        (
            "{\r\n    \"permissions\": {\r\n        \"allow\": [\r\n            \"Read\"\r\n        ]\r\n    }\r\n}\r\n",
            "{\r\n    \"permissions\": {\r\n        \"allow\": [\r\n            \"Skill(wfo:*)\",\r\n            \"Bash(wfo-helper *)\",\r\n            \"Read\"\r\n        ]\r\n    }\r\n}\r\n",
        ),
        (
            "{\n  \"permissions\": {\"allow\": [\"Read\"]}\n}\n",
            "{\n  \"permissions\": {\"allow\": [\"Skill(wfo:*)\", \"Bash(wfo-helper *)\", \"Read\"]}\n}\n",
        ),
        ("{\"a\":1}", "{\"permissions\":{\"allow\":[\"Skill(wfo:*)\",\"Bash(wfo-helper *)\"]},\"a\":1}"),
        ("{\"permissions\":{\"allow\":[]}}", "{\"permissions\":{\"allow\":[\"Skill(wfo:*)\",\"Bash(wfo-helper *)\"]}}"),
        (
            "{\n  \"permissions\": {\n    \"allow\": []\n  }\n}\n",
            "{\n  \"permissions\": {\n    \"allow\": [\n      \"Skill(wfo:*)\",\n      \"Bash(wfo-helper *)\"\n    ]\n  }\n}\n",
        ),
        (
            "{}\n",
            "{\n  \"permissions\": {\n    \"allow\": [\n      \"Skill(wfo:*)\",\n      \"Bash(wfo-helper *)\"\n    ]\n  }\n}\n",
        ),
    ] {
        assert_eq!(there_and_back(before).text, after);
    }
}

#[test]
fn number_spellings_escapes_key_order_and_a_byte_order_mark_stay() {
    let text = "\u{feff}{ \"z\": 1.50, \"n\": 1e3, \"s\": \"\\u00e4\\/\", \"a\": [ 1 ,2],\n\"permissions\" : { \"allow\" : [ \"X\" ] , \"ask\":[]} }";
    let edited = there_and_back(text);
    let (start, end) =
        ("\u{feff}{ \"z\": 1.50, \"n\": 1e3, \"s\": \"\\u00e4\\/\", \"a\": [ 1 ,2],", " ] , \"ask\":[]} }");
    assert!(edited.text.starts_with(start) && edited.text.ends_with(end), "{}", edited.text);
}

#[test]
fn the_diff_shows_the_change_and_nothing_of_its_neighbours() {
    let text =
        "{\n  \"env\": {\"KEY\": \"secret\"},\n  \"permissions\": {\n    \"allow\": [\n      \"Read\"\n    ]\n  }\n}\n";
    let edited = insert(text, &RULES).unwrap();
    assert_eq!(edited.diff, ["@@ line 5 @@", "+      \"Skill(wfo:*)\",", "+      \"Bash(wfo-helper *)\","]);
    let line = insert("{\"env\":{\"KEY\":\"secret\"},\"permissions\":{\"allow\":[\"A\"]}}", &RULES).unwrap();
    assert_eq!(line.diff, ["@@ line 1 @@", "+… \"Skill(wfo:*)\",\"Bash(wfo-helper *)\", …"]);
    let back = remove(&edited.text, &RULES, &[]).unwrap();
    assert_eq!(back.diff, ["@@ line 5 @@", "-      \"Skill(wfo:*)\",", "-      \"Bash(wfo-helper *)\","]);
    let back = remove(&line.text, &RULES, &[]).unwrap();
    assert_eq!(back.diff, ["@@ line 1 @@", "-… \"Skill(wfo:*)\", …", "@@ line 1 @@", "-… \"Bash(wfo-helper *)\", …"]);
    let emptied = remove("{\"permissions\": {\n\"allow\": [\n  \"Skill(wfo:*)\"\n]}}", &RULES, &[]).unwrap();
    assert_eq!(emptied.diff, ["@@ line 2 @@", "-  \"Skill(wfo:*)\""]);
}

#[test]
fn rules_are_taken_out_wherever_they_stand_and_others_stay() {
    for (before, after) in [
        ("[\"A\", \"Skill(wfo:*)\", \"B\"]", "[\"A\", \"B\"]"),
        ("[\"A\", \"Bash(wfo-helper *)\"]", "[\"A\"]"),
        ("[\"A\", \"Skill(wfo:*)\", \"Bash(wfo-helper *)\"]", "[\"A\"]"),
        ("[\"Skill(wfo:*)\"]", "[]"),
        ("[\"Skill(wfo:*)\", \"Skill(wfo:*)\"]", "[]"),
        ("[\n  \"A\",\n  \"Skill(wfo:*)\"\n]", "[\n  \"A\"\n]"),
        ("[\"A\"]", "[\"A\"]"),
    ] {
        let text = |list: &str| format!("{{\"permissions\":{{\"allow\":{list}}}}}");
        assert_eq!(remove(&text(before), &RULES, &[]).unwrap().text, text(after));
    }
    // An emptied list that was somebody's own stays.
    assert_eq!(
        remove("{\"permissions\":{\"allow\":[\"Skill(wfo:*)\"]}}", &RULES, &["allow".into(), "permissions".into()])
            .unwrap()
            .text,
        "{}"
    );
}

#[test]
fn what_is_not_settings_is_refused_with_its_place() {
    for (text, line, words) in [
        ("", 1, "EOF"),
        ("{\n  // a comment\n}", 2, "key must be a string"),
        ("{\n  \"a\": 1,\n}", 3, "trailing comma"),
        ("[]", 1, "not an object"),
        ("{\"permissions\": []}", 1, "`permissions` is not an object"),
        ("{\"permissions\": {\n\"allow\": {}}}", 2, "not a list"),
        ("{\"permissions\": {},\n\"permissions\": {}}", 2, "stands twice"),
        ("{\"permissions\": {\"allow\": [], \"\\u0061llow\": []}}", 1, "stands twice"),
    ] {
        let refused = insert(text, &RULES).expect_err(text);
        assert!(refused.why.contains(words), "{text}: {refused:?}");
        assert_eq!(line_of(text, refused.at).0, line, "{text}: {refused:?}");
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(insert(&deep, &RULES).is_err());
}

/// Writes a value in one of many layouts.
fn layout(value: &Value, indent: &str, line_end: &str, colon: &str, depth: usize) -> String {
    let inner = format!("{line_end}{}", indent.repeat(depth + 1));
    let outer = format!("{line_end}{}", indent.repeat(depth));
    let join = |items: Vec<String>, brackets: (char, char)| match items.is_empty() {
        true => format!("{}{}", brackets.0, brackets.1),
        false => format!("{}{inner}{}{outer}{}", brackets.0, items.join(&format!(",{inner}")), brackets.1),
    };
    match value {
        Value::Object(map) => {
            let items = map.iter().map(|(key, value)| {
                format!("{}{colon}{}", Value::from(key.as_str()), layout(value, indent, line_end, colon, depth + 1))
            });
            join(items.collect(), ('{', '}'))
        }
        Value::Array(list) => {
            join(list.iter().map(|value| layout(value, indent, line_end, colon, depth + 1)).collect(), ('[', ']'))
        }
        other => other.to_string(),
    }
}

fn settings() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(Value::Null)
    ];
    let tree = leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z\"\\\\{}\\[\\],:]{0,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    let rules = prop::collection::vec(".{0,8}".prop_map(Value::from), 0..3);
    let other = prop::collection::btree_map("[a-z]{1,3}", tree.clone(), 0..3);
    (prop::collection::btree_map(".{0,4}", tree, 0..4), prop::option::of((other, prop::option::of(rules)))).prop_map(
        |(top, permissions)| {
            let mut top: serde_json::Map<String, Value> = top.into_iter().collect();
            if let Some((other, rules)) = permissions {
                let mut inner: serde_json::Map<String, Value> = other.into_iter().collect();
                if let Some(rules) = rules {
                    inner.insert("allow".into(), Value::from(rules));
                }
                top.insert("permissions".into(), Value::Object(inner));
            }
            Value::Object(top)
        },
    )
}

proptest! {
    #[test]
    fn any_settings_in_any_layout_gain_the_rules_and_lose_them_byte_for_byte(
        value in settings(),
        indent in prop::sample::select(vec!["", " ", "  ", "    ", "\t"]),
        line_end in prop::sample::select(vec!["", "\n", "\r\n", " "]),
        colon in prop::sample::select(vec![":", ": ", " : "]),
        tail in prop::sample::select(vec!["", "\n", " \n\n"]),
    ) {
        let text = format!("{}{tail}", layout(&value, indent, line_end, colon, 0));
        let edited = insert(&text, &RULES).unwrap();
        // Nothing of the old text is missing: the new one is the old one with pieces put in.
        prop_assert_eq!(edited.text.len() - text.len() > RULES.concat().len(), true);
        let back = remove(&edited.text, &RULES, &edited.made).unwrap();
        prop_assert_eq!(back.text, text);
    }

    #[test]
    fn any_text_is_refused_or_edited_without_a_panic(text in "[\\{\\}\\[\\]\",:a-c \n\\\\]{0,80}") {
        if let Ok(edited) = insert(&text, &RULES) {
            prop_assert!(parse(&edited.text).is_ok());
        }
        let _ = remove(&text, &RULES, &["allow".to_owned()]);
    }
}
