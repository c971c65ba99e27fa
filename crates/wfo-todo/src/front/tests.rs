//! Edits of single shapes, each compared with the whole page that must come out, and what is refused.

use super::*;
use crate::front::Content as C;

fn page(yaml: &str) -> String {
    format!("---\n{yaml}---\nbody\n")
}

fn edit(yaml: &str, edits: &[Edit]) -> Result<String, Problem> {
    let page = page(yaml);
    let out = Front::read("TODO_x.md", page.as_bytes())?.edit(edits)?;
    let inner = out.strip_prefix("---\n").and_then(|rest| rest.strip_suffix("---\nbody\n"));
    Ok(inner.expect("fences and body stay").to_owned())
}

fn set(path: &str, content: Content) -> Edit {
    Edit::Set(Route::keys(path.split('.')), content)
}

fn append(path: &str, content: Content) -> Edit {
    Edit::Append(Route::keys(path.split('.')), content)
}

fn row() -> Content {
    C::map([("id", C::text("b")), ("num", C::Number("2".into()))])
}

#[test]
fn a_scalar_is_replaced_in_its_own_spelling_and_the_rest_of_the_line_stays() {
    let x = || C::text("x y");
    for (before, content, after) in [
        ("a: b\n", x(), "a: x y\n"),
        ("a:   b   # c\n", x(), "a:   x y   # c\n"),
        ("a: 'it''s' # c\n", C::text("it's"), "a: 'it''s' # c\n"),
        ("a: \"b\"  \n", x(), "a: \"x y\"  \n"),
        ("a:\n", x(), "a: x y\n"),
        ("a:  # c\n", x(), "a: x y  # c\n"),
        ("\"a\" : null\n", x(), "\"a\" : x y\n"),
        ("a: |\n  one\n  two\n\nb: 1\n", x(), "a: x y\n\nb: 1\n"),
        ("a: >- # c\n  one\n# d\nb: 1\n", x(), "a: x y # c\n# d\nb: 1\n"),
        ("a: one\n  two # c\nb: 1\n", x(), "a: x y # c\nb: 1\n"),
        ("a:\n  one\nb: 1\n", x(), "a:\n  x y\nb: 1\n"),
        ("a: |2-  \n   one\n", x(), "a: x y  \n"),
        ("a: |\nb: 1\n", x(), "a: x y\nb: 1\n"),
        ("a: |\n\n\nb: 1\n", x(), "a: x y\n\n\nb: 1\n"),
        ("{b: 1, a: c, d: 2}\n", x(), "{b: 1, a: x y, d: 2}\n"),
        ("{b: 1, a, d: 2}\n", x(), "{b: 1, a: x y, d: 2}\n"),
        ("{b: 1, a: , d: 2}\n", x(), "{b: 1, a: x y , d: 2}\n"),
        ("{a: c}\n", C::text("x, y"), "{a: \"x, y\"}\n"),
        ("a: b\n", C::text("x: y"), "a: \"x: y\"\n"),
        ("a: b\n", C::text("no"), "a: \"no\"\n"),
        ("a: b\n", C::text("0644"), "a: \"0644\"\n"),
        ("a: b\n", C::text("2026-11-21"), "a: \"2026-11-21\"\n"),
        ("a: 2026-11-20\n", C::text("2026-11-21"), "a: 2026-11-21\n"),
        ("a: b\n", C::text(""), "a: \"\"\n"),
        ("a: b\n", C::text("x\ny\u{85}\u{feff}"), "a: \"x\\ny\\u0085\\uFEFF\"\n"),
        ("a: '1'\n", C::Number("6.10".into()), "a: 6.10\n"),
        ("a: 2.4\n", C::text("6.10"), "a: \"6.10\"\n"),
        ("a: true\n", C::Bool(false), "a: false\n"),
        ("a: b\u{a0} # c\n", C::text("c"), "a: c # c\n"),
        ("a: b\n", C::text("c\u{a0}"), "a: \"c\u{a0}\"\n"),
        ("a: b\n", C::Null, "a: null\n"),
        ("a: 😀\n", C::text("ü"), "a: ü\n"),
        ("\u{1f600}: [é]\na: 1\n", C::Number("2".into()), "\u{1f600}: [é]\na: 2\n"),
    ] {
        assert_eq!(edit(before, &[set("a", content)]).expect(before), after, "{before}");
    }
}

#[test]
fn a_missing_key_is_added_at_the_end_of_its_mapping() {
    let one = || C::Number("1".into());
    for (before, path, after) in [
        ("a: b\n", "c", "a: b\nc: 1\n"),
        ("a:\n  b: 2\n# tail\nd: 3\n", "a.c", "a:\n  b: 2\n  c: 1\n# tail\nd: 3\n"),
        ("a:\n    b: |\n      x\n\n    # note\nd: 3\n", "a.c", "a:\n    b: |\n      x\n    c: 1\n\n    # note\nd: 3\n"),
        ("a:\n  b: |+\n    x\n\n\nd: 3\n", "a.c", "a:\n  b: |+\n    x\n\n\n  c: 1\nd: 3\n"),
        ("a: {b: 2}\n", "a.c", "a: {b: 2, c: 1}\n"),
        ("a: { b: 2 , } # d\n", "a.c", "a: { b: 2 , c: 1 } # d\n"),
        ("a: {}\n", "a.c", "a: {c: 1}\n"),
        ("a: {b: }\n", "a.c", "a: {b: , c: 1}\n"),
        ("a: {\n  b: 2 # d\n}\n", "a.c", "a: {\n  b: 2, c: 1 # d\n}\n"),
        ("a:\nb: 2\n", "a.c", "a:\n  c: 1\nb: 2\n"),
        ("a:\n  b: |\nd: 2\n", "a.c", "a:\n  b: |\n  c: 1\nd: 2\n"),
        ("a:\n  b: >- # e\n\nd: 2\n", "a.c", "a:\n  b: >- # e\n  c: 1\n\nd: 2\n"),
        ("b: 2\n", "a.c.d", "b: 2\na:\n  c:\n    d: 1\n"),
        ("a:\n  b:\n", "a.c", "a:\n  b:\n  c: 1\n"),
        ("a:\n  b:\n    - x\n", "a.c", "a:\n  b:\n    - x\n  c: 1\n"),
    ] {
        assert_eq!(edit(before, &[set(path, one())]).expect(before), after, "{before}");
    }
}

#[test]
fn an_item_is_added_at_the_end_of_its_list_in_the_style_of_its_neighbours() {
    for (before, after) in [
        ("l:\n  - {id: a}\n# t\nz: 1\n", "l:\n  - {id: a}\n  - {id: b, num: 2}\n# t\nz: 1\n"),
        ("l:\n- id: a\n  num: 1 # c\nz: 1\n", "l:\n- id: a\n  num: 1 # c\n- id: b\n  num: 2\nz: 1\n"),
        ("l:\n  -   id: a\n", "l:\n  -   id: a\n  -   id: b\n      num: 2\n"),
        (
            "l:\n  - id: a\n    d: |\n      x\n\nz: 1\n",
            "l:\n  - id: a\n    d: |\n      x\n  - id: b\n    num: 2\n\nz: 1\n",
        ),
        ("l: [{id: a}]\n", "l: [{id: a}, {id: b, num: 2}]\n"),
        ("l: [\n  {id: a}, # c\n]\n", "l: [\n  {id: a}, {id: b, num: 2} # c\n]\n"),
        ("l: [] # c\nz: 1\n", "l: # c\n  - id: b\n    num: 2\nz: 1\n"),
        ("k:\n- 1\nl: []\n", "k:\n- 1\nl:\n- id: b\n  num: 2\n"),
        ("l:\nz: 1\n", "l:\n  - id: b\n    num: 2\nz: 1\n"),
        ("l: null\nz: 1\n", "l:\n  - id: b\n    num: 2\nz: 1\n"),
        ("z: 1\n", "z: 1\nl:\n  - id: b\n    num: 2\n"),
        ("{z: 1, l: []}\n", "{z: 1, l: [{id: b, num: 2}]}\n"),
        ("{z: 1}\n", "{z: 1, l: [{id: b, num: 2}]}\n"),
    ] {
        assert_eq!(edit(before, &[append("l", row())]).expect(before), after, "{before}");
    }
}

#[test]
fn a_task_is_found_by_its_id_in_any_category_and_shape() {
    let done = [Edit::Set(Route::task("i_1").key("status"), C::text("completed"))];
    for (before, after) in [
        ("tasks:\n  x: []\n  y:\n    - {id: i_1, status: pending}\n", "completed}"),
        ("tasks:\n  y:\n    - status: pending\n      id: \"i_1\"\n", "status: completed\n"),
        ("tasks:\n  - id: i_1\n    status: pending\n", "status: completed\n"),
        ("tasks:\n  y:\n    i_1: {status: pending}\n", "{status: completed}"),
        ("tasks:\n  y:\n    - id: i_1\n", "    - id: i_1\n      status: completed\n"),
        ("tasks:\n  y: [{id: i_1}]\n", "[{id: i_1, status: completed}]"),
    ] {
        let out = edit(before, &done).expect(before);
        assert!(out.contains(after), "{before}: {out}");
    }
    let unknown = edit("tasks:\n  y:\n    - {id: i_2}\n", &done).expect_err("no such task");
    assert_eq!(unknown.code, codes::TODO_TASK_UNKNOWN);
    let twice = edit("tasks:\n  x:\n    - {id: i_1}\n  y:\n    - {id: i_1}\n", &done).expect_err("twice");
    let place = twice.location.clone().expect("a place");
    assert_eq!((twice.code, place.line, place.column), (codes::TODO_EDIT_REFUSED, Some(6), Some(7)));
    assert!(twice.message.contains("stands in line 4 already"), "{}", twice.message);
}

#[test]
fn several_edits_are_one_and_those_that_build_on_each_other_follow() {
    let edits = [
        set("w.phase", C::Number("3".into())),
        set("w.step", C::text("3.1")),
        set("new.a", C::Bool(true)),
        set("new.b", C::Null),
        append("l", row()),
        append("l", row()),
        set("w.phase", C::Number("4".into())),
    ];
    let before = "w: {phase: 1}\nl:\n  - {id: a}\nz: 1\n";
    let after = "w: {phase: 4, step: \"3.1\"}\nl:\n  - {id: a}\n  - {id: b, num: 2}\n  - {id: b, num: 2}\nz: 1\nnew:\n  a: true\n  b: null\n";
    assert_eq!(edit(before, &edits).expect("edited"), after);
    let nested = [set("c", C::Null), set("a.b.d", C::Null), set("a.e", C::Null)];
    assert_eq!(
        edit("a:\n  b:\n    x: 1\n", &nested).expect("edited"),
        "a:\n  b:\n    x: 1\n    d: null\n  e: null\nc: null\n"
    );
    let half = [set("z", C::Null), Edit::Set(Route::task("no"), C::Null)];
    assert!(edit(before, &half).is_err(), "all or nothing");
    assert_eq!(edit(before, &[]).expect("nothing to do"), before);
}

#[test]
fn a_collection_takes_the_place_of_what_was_there() {
    let new = || C::map([("active", C::List(vec![row()])), ("archived", C::List(vec![]))]);
    let lines = "  active:\n    - id: b\n      num: 2\n  archived: []\n";
    for (before, head, tail) in [
        ("a: 1\nw: # all\n  active:\n    - x\n  archived: []\n\nz: 1\n", "a: 1\nw: # all\n", "\nz: 1\n"),
        ("w: {active: []} # all\nz: 1\n", "w: # all\n", "z: 1\n"),
        ("w:\nz: 1\n", "w:\n", "z: 1\n"),
        ("w: ~\n", "w:\n", ""),
        ("z: 1\n", "z: 1\nw:\n", ""),
    ] {
        assert_eq!(edit(before, &[set("w", new())]).expect(before), format!("{head}{lines}{tail}"), "{before}");
    }
    assert_eq!(edit("w:\n  - a\nz: 1\n", &[set("w", C::List(vec![]))]).expect("empty"), "w: []\nz: 1\n");
}

#[test]
fn line_endings_byte_order_mark_fences_and_body_stay() {
    for (fence, rest) in [("---", "\r\n# Body\r\n---\r\nmore"), ("...", "\r\n"), ("---", "")] {
        let page = format!("\u{feff}---\r\na: 1 # é\r\nl:\r\n  - x\r\n{fence}{rest}");
        let front = Front::read("t", page.as_bytes()).expect("readable");
        assert_eq!(front.line_ending(), "\r\n");
        let out = front.edit(&[set("a", C::text("ü")), set("b", C::Null), append("l", C::text("z"))]).expect("edited");
        let expected = format!("\u{feff}---\r\na: ü # é\r\nl:\r\n  - x\r\n  - z\r\nb: null\r\n{fence}{rest}");
        assert_eq!(out, expected);
    }
}

#[test]
fn what_cannot_be_edited_safely_is_refused_with_line_and_column() {
    let long = page(&format!("a: {}\n", "x".repeat(65_520)));
    let grown = Front::read("t", long.as_bytes()).expect("just fits").edit(&[set("b", C::text("more text"))]);
    assert!(grown.is_err_and(|problem| problem.message.contains("64 KiB")));
    for (yaml, line, column) in [
        ("a: &x 1\nb: *x\n", 2, 4),
        ("b: &x 1\na: *x\n", 3, 4),
        ("a: !!str 1\n", 2, 4),
        ("<<: {c: 1}\na: 1\n", 2, 1),
        ("? a\n: \n", 2, 3),
    ] {
        let problem = edit(yaml, &[set("a", C::text("something longer"))]).expect_err(yaml);
        let place = problem.location.clone().expect("a place");
        let shown = &yaml[..yaml.len().min(20)];
        assert_eq!(
            (problem.code, place.line, place.column),
            (codes::TODO_EDIT_REFUSED, Some(line), Some(column)),
            "{shown}: {}",
            problem.message
        );
        assert!(problem.hint.is_some_and(|hint| hint.contains("by hand")), "{shown}");
    }
    for (yaml, path) in [("a: [1]\n", "a"), ("a: {b: 1}\n", "a"), ("a: b\n", "a.c"), ("a: b\n", "")] {
        let problem = edit(yaml, &[set(path, C::text("x"))]);
        if path.is_empty() {
            assert_eq!(problem.expect("an empty key is a key"), "a: b\n\"\": x\n");
        } else {
            assert_eq!(problem.expect_err(yaml).code, codes::TODO_VALUE_INVALID, "{yaml}");
        }
    }
    let anchored = edit("a: &x 1\nb: *x\nc: 1\n", &[set("c", C::Null)]).expect("elsewhere");
    assert_eq!(anchored, "a: &x 1\nb: *x\nc: null\n");
    let inside = edit("w:\n  a: &x 1\nb: *x\n", &[set("w", C::List(vec![C::Null]))]).expect_err("an anchor inside");
    assert_eq!(inside.code, codes::TODO_EDIT_REFUSED);
}

#[test]
fn what_parsers_do_not_agree_on_is_refused() {
    for yaml in ["a:\tx\n", "a: \"x\"# c\n", "a: x\u{85}y\nb: 1\n", "a: 1 # x\u{2028}b: 2\nc: 1\n"] {
        let problem = edit(yaml, &[set("c", C::Null)]).expect_err(yaml);
        assert!([codes::TODO_EDIT_REFUSED, codes::TODO_UNREADABLE].contains(&problem.code), "{yaml:?} {problem}");
    }
}

#[test]
fn a_page_that_is_not_front_matter_is_refused_with_its_place() {
    let large = format!("---\n{}---\n", "a: b\n".repeat(20_000));
    for (bytes, line, column) in [
        (&b"# Tasks\n"[..], 1, 1),
        (b"---\na: 1\n", 1, 1),
        (b"---\n\xff\n---\n", 2, 1),
        (b"---\na: \xc3\xa9\xff\n---\n", 2, 5),
        (b"---\na: 1\nb: \0\n---\n", 3, 4),
        (b"---\na: 1\na: 2\n---\n", 3, 1),
        (b"---\na:\n\tb: 1\n---\n", 3, 1),
        (b"", 1, 1),
        (large.as_bytes(), 1, 1),
    ] {
        let problem = Front::read("t", bytes).expect_err("refused");
        let place = problem.location.clone().expect("a place");
        assert_eq!(
            (problem.code, place.line, place.column),
            (codes::TODO_UNREADABLE, Some(line), Some(column)),
            "{problem}"
        );
    }
}

#[test]
fn hostile_front_matter_is_answered_at_once() {
    let start = std::time::Instant::now();
    let bomb = format!("a: &a [{}]\nb: [{}]\n", "x,".repeat(9000), "*a,".repeat(9000));
    let nested = (0..100).map(|n| format!("{}k:\n", " ".repeat(n))).collect::<String>();
    let laughs = (1..12).map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{},", n - 1).repeat(9))).collect::<String>();
    for yaml in [
        "[".repeat(60_000),
        "{a: ".repeat(15_000),
        "- ".repeat(30_000),
        "? ".repeat(30_000),
        "a: ".repeat(20_000),
        format!("a: {}\n", "'".repeat(60_000)),
        format!("a: \"{}\n", "\\".repeat(60_000)),
        format!("{}\n", "a".repeat(60_000)),
        "#\n".repeat(30_000),
        "- !t &a\n".repeat(8_000),
        (0..6000).map(|n| format!("k{n}: [{{}}]\n")).take(4000).collect(),
        bomb,
        nested,
        format!("a0: &a0 x\n{laughs}"),
    ] {
        let page = page(&yaml);
        if let Ok(front) = Front::read("t", page.as_bytes()) {
            let _ = front.edit(&[set("zz.y", C::Null)]);
        }
    }
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[test]
fn values_and_lines_are_found_by_the_same_routes() {
    let page = page("w: {phase: 2}\ntasks:\n  x:\n    - id: a\n      status: open\n");
    let front = Front::read("t", page.as_bytes()).expect("readable");
    let phase = Route::keys(["w", "phase"]);
    assert_eq!((front.get(&phase).and_then(Value::as_i64), front.line(&phase)), (Some(2), Some(2)));
    let status = Route::task("a").key("status");
    assert_eq!((front.get(&status).and_then(Value::as_str), front.line(&status)), (Some("open"), Some(6)));
    assert_eq!((front.line(&Route::task("a")), front.line(&Route::task("b"))), (Some(5), None));
    assert_eq!((front.get(&Route::keys(["w", "no"])), front.body()), (None, "body\n"));
    assert_eq!(status.to_string(), "tasks.a.status");
}
