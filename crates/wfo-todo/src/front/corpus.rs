//! TODO files for the tests: made by hand and put together by chance, with the byte range of each value that may be edited.
//! `⟦path|value⟧` marks such a value; the marks are taken out. `#id.key` is a key of a task.

use super::{Route, Step};

/// A page and its values.
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) page: String,
    pub(super) leaves: Vec<Leaf>,
}

/// A value that may be edited, and where it stands.
pub(super) struct Leaf {
    pub(super) path: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Returns the route to a marked value.
pub(super) fn route(path: &str) -> Route {
    let Some((id, key)) = path.strip_prefix('#').and_then(|rest| rest.split_once('.')) else {
        return Route(path.split('.').map(|key| Step::Key(key.to_owned())).collect());
    };
    Route::task(id).key(key)
}

/// Returns all pages: the same at every run.
pub(super) fn samples() -> Vec<Sample> {
    let by_hand = BY_HAND.iter().enumerate().map(|(at, text)| sample(format!("by hand {at}"), text));
    by_hand.chain((1..=220).map(generated)).collect()
}

fn sample(name: String, marked: &str) -> Sample {
    let mut page = String::new();
    let mut leaves = Vec::new();
    for (at, piece) in marked.split('⟦').enumerate() {
        if at == 0 {
            page.push_str(piece);
            continue;
        }
        let (inside, rest) = piece.split_once('⟧').expect("a closing mark");
        let (path, value) = inside.split_once('|').expect("a path");
        let start = page.len();
        page.push_str(value);
        leaves.push(Leaf { path: path.to_owned(), start, end: page.len() });
        page.push_str(rest);
    }
    Sample { name, page, leaves }
}

/// A small generator of chance that is the same everywhere.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("small")
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }
}

/// Values next to the edited ones, each a line or more at the top.
const NEIGHBOURS: [&str; 37] = [
    "norway: no\n",
    "octal: 0644\n",
    "date: 2026-01-01\n",
    "under: 1_000\n",
    "\"quoted: key\": x\n",
    "schlüssel: ü\n",
    "\u{1f600}: \u{1f600}\n",
    "url: http://x/y#z\n",
    "hash: \"a # b\" # c\n",
    "single: 'it''s: # x'   # c\n",
    "neg: -1\n",
    "exp: 1e3\n",
    "inf: .inf\n",
    "hex: 0x1F\n",
    "tilde: ~\n",
    "anchor: &x [1, 2]\nalias: *x\n",
    "tagged: !!str 1\n",
    "block: |-\n  text # no comment\n   deeper\n\n  end\n",
    "fold: >+\n  a\n  b\n\n",
    "keep: |2\n   a\n",
    "? complex\n: v\n",
    "list: [a, \"b, c\", {d: e}, [f]]\n",
    "multi: one\n  two\n\n  three # c\n",
    "escaped: \"a\\n\\\n  b \\\" ' # c\"\n",
    "1: whole\n",
    "true: flag\n",
    "time: 12:30:45\n",
    "dash: -x\n",
    "question: ?x\n",
    "percent: 50%\n",
    "empty: \"\"\n",
    "nothing:\n",
    "no_list: []\n",
    "trail: x   \n",
    "related_issues: [12, '#13']\n",
    "success_criteria:\n- a\n-   b: 1\n    c: 2\n-\n  - d\n",
    "estimated_effort: {days: 2, by: \"ada, bob\"}\n",
];

fn generated(seed: u64) -> Sample {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut sections = vec![
        "type: workflow-manifest\n".to_owned(),
        format!("workflow_type: {}\n", chance.of(&["feature", "'release'", "\"hotfix\""])),
        "slug: ⟦slug|login-loop⟧\n".to_owned(),
        chance
            .of(&["timestamp: ⟦timestamp|20261121T090000Z⟧\n", "created_at: ⟦created_at|'20261121T090000Z'⟧ # c\n"])
            .to_owned(),
        mapping(&mut chance, "metadata", &["title", "created", "stack"]),
        mapping(&mut chance, "workflow_progress", &["phase", "current_step", "last_task", "last_update", "status"]),
        mapping(&mut chance, "quality_gates", &["test_coverage", "tests_passing", "semantic_version"]),
        tasks(&mut chance),
    ];
    for _ in 0..chance.below(6) {
        let neighbour = chance.of(&NEIGHBOURS);
        if !sections.iter().any(|section| section == neighbour) {
            sections.push(neighbour.to_owned());
        }
    }
    for at in (1..sections.len()).rev() {
        let other = chance.below(at + 1);
        sections.swap(at, other);
    }
    let mut yaml = String::new();
    for section in sections {
        yaml.push_str(chance.of(&["", "", "", "\n", "# note: [x] {y\n", "  # far note\n\n"]));
        yaml.push_str(&section);
    }
    let close = chance.of(&["---", "---", "..."]);
    let body = chance.of(&["\n", "", "\n# Title\n\n---\n- [ ] a\n", "\n```yaml\n---\nphase: 1\n```\nno end"]);
    let page = format!("---\n{yaml}{close}{body}");
    let page = if chance.one_in(3) { page.replace('\n', "\r\n") } else { page };
    let mark = if chance.one_in(4) { "\u{feff}" } else { "" };
    sample(format!("generated {seed}"), &format!("{mark}{page}"))
}

/// Writes a mapping of scalars, below its key or in brackets.
fn mapping(chance: &mut Chance, name: &str, keys: &[&str]) -> String {
    if chance.one_in(3) {
        let pairs: Vec<String> =
            keys.iter().map(|key| format!("{key}: ⟦{name}.{key}|{}⟧", scalar(chance, 0, true))).collect();
        let (open, close) = (chance.of(&["{", "{ ", "{\n    "]), chance.of(&["}", " }", ",}"]));
        return format!("{name}: {open}{}{close}{}\n", pairs.join(", "), chance.of(&["", " # c"]));
    }
    let indent = 2 * (1 + chance.below(2));
    let mut out = format!("{name}:{}\n", chance.of(&["", "   # c"]));
    for key in keys {
        let blanks = " ".repeat(indent);
        let key_text = if chance.one_in(6) { format!("\"{key}\" ") } else { (*key).to_owned() };
        out.push_str(&entry(chance, indent, &format!("{blanks}{key_text}"), &format!("{name}.{key}")));
        out.push_str(chance.of(&["", "", "", "\n", " # between\n"]));
    }
    out
}

/// Writes `key: value` of a block with its comment.
fn entry(chance: &mut Chance, indent: usize, key: &str, path: &str) -> String {
    let blanks = " ".repeat(indent + 2);
    match chance.below(12) {
        0 => format!("{key}:⟦{path}|⟧{}\n", chance.of(&["", "  # c", "   "])),
        1 => format!("{key}:\n{blanks}⟦{path}|below⟧ # c\n"),
        2 => format!("{key}: ⟦{path}|| # c\n{blanks}one # x\n{blanks}two⟧\n"),
        3 => format!("{key}: ⟦{path}|>-\n{blanks}one\n\n{blanks}two⟧\n\n"),
        4 => format!("{key}: ⟦{path}|one\n{blanks}two⟧ # c\n"),
        5 => format!("{key}: ⟦{path}|\"one \\\" # '\n{blanks}two\"⟧  # c\n"),
        _ => format!(
            "{key}:{}⟦{path}|{}⟧{}\n",
            chance.of(&[" ", " ", "   "]),
            scalar(chance, indent, false),
            chance.of(&["", "", "  ", " # c", " #"])
        ),
    }
}

fn scalar(chance: &mut Chance, _indent: usize, flow: bool) -> &'static str {
    const PLAIN: [&str; 20] = [
        "x",
        "pending",
        "complete",
        "null",
        "~",
        "true",
        "2",
        "2.4",
        "6.10",
        "'it''s'",
        "\"a \\\" b\"",
        "\"\"",
        "''",
        "'#x'",
        "\"0.0\"",
        "2026-11-21T09:00:00Z",
        "ünïcode",
        "1.4.1",
        "\"a, [b] {c}\"",
        "no",
    ];
    const BLOCK: [&str; 5] = ["a, b] c}", "x#y", "-1", "'a: b'", "it's \"so\""];
    let at = chance.below(if flow { PLAIN.len() } else { PLAIN.len() + BLOCK.len() });
    PLAIN.get(at).or_else(|| BLOCK.get(at - PLAIN.len())).expect("in range")
}

/// Writes tasks in one of the shapes in which they are found.
fn tasks(chance: &mut Chance) -> String {
    let mut out = format!("tasks:{}\n", chance.of(&["", " # all"]));
    let outer = if chance.one_in(4) { "" } else { "  " };
    let flat = chance.one_in(6);
    for (category, prefix) in [("planning", "plan"), ("implementation", "impl"), ("testing", "test")] {
        if !flat {
            if chance.one_in(5) {
                out.push_str(&format!("  {category}: {}\n", chance.of(&["[]", "", "[ ]  # none", "~"])));
                continue;
            }
            out.push_str(&format!("  {category}:\n"));
        }
        let dash = if flat { outer.to_owned() } else { format!("  {outer}") };
        for number in 1..=1 + chance.below(3) {
            let id = format!("{prefix}_{number:03}");
            out.push_str(&task(chance, &dash, &id));
            out.push_str(chance.of(&["", "", "", "\n", " # next\n"]));
        }
    }
    out
}

fn task(chance: &mut Chance, dash: &str, id: &str) -> String {
    let path = |key: &str| format!("#{id}.{key}");
    if chance.one_in(3) {
        let quote = chance.of(&["", "\"", "'"]);
        let order = chance.one_in(2);
        let id_pair = format!("id: {quote}{id}{quote}");
        let status =
            format!("status: ⟦{}|{}⟧", path("status"), chance.of(&["pending", "'complete'", "\"completed\"", "null"]));
        let (first, second) = if order { (&id_pair, &status) } else { (&status, &id_pair) };
        return format!(
            "{dash}- {{{first}, description: \"a: b\", {second}, completed_at: ⟦{}|null⟧}}\n",
            path("completed_at")
        );
    }
    let gap = chance.of(&["", "", "  "]);
    let blanks = format!("{dash}  {gap}");
    let indent = blanks.len();
    let mut out = format!("{dash}- {gap}id: {id}{}\n", chance.of(&["", "  # c"]));
    for key in ["description", "status", "priority", "notes"] {
        if key == "status" || !chance.one_in(3) {
            out.push_str(&entry(chance, indent, &format!("{blanks}{key}"), &path(key)));
        }
    }
    if chance.one_in(3) {
        out.push_str(&format!("{blanks}dependencies: [plan_001]\n{blanks}files:\n{blanks}- a.rs # c\n"));
    }
    out
}

/// Pages made by hand: the format's own example, and what is hard to edit.
const BY_HAND: [&str; 16] = [
    "---\ntype: workflow-manifest\nworkflow_progress: {phase: ⟦workflow_progress.phase|6⟧, current_step: ⟦workflow_progress.current_step|\"6.4\"⟧, last_task: impl_001, status: ⟦workflow_progress.status|hotfix⟧}\ntasks:                     # categories\n  implementation:\n    - {id: impl_001, description: \"Guard the redirect\", status: ⟦#impl_001.status|in_progress⟧, completed_at: ⟦#impl_001.completed_at|null⟧}\ncontext_checkpoints:\n  - {timestamp: \"2026-11-21T10:15:00Z\", token_usage: 100412}\n---\n\n# Body\n",
    "\u{feff}---\r\na: ⟦a|1⟧\r\nb:\r\n  c: ⟦b.c|'x'⟧ # é\r\n...\r\nbody",
    "---\n{a: ⟦a|1⟧, \"b\": {c: ⟦b.c|x⟧}, tasks: [{id: t_01, status: ⟦#t_01.status|\"open\"⟧}]}\n---\n",
    "---\n{\n  \"a\" : ⟦a|1⟧, # c, }\n  b: {c:⟦b.c|⟧ }\n}\n---\n",
    "---\na: &anchor x\nb: *anchor\nc: ⟦c|y⟧\nd: {<<: {e: 1}, f: 2}\n---\n",
    "---\na: |\n  --- not a fence\n  ... neither\nb: ⟦b|x⟧\n---\nb: y\n---\n",
    "---\n# only a comment first\n\na: ⟦a|>\n  one\n   two\n\n  three⟧\n\n\n# and last\n---\n",
    "---\ntasks:\n- status: ⟦#t_1.status|pending⟧\n  id: t_1\n- id: 't_2'\n  status:⟦#t_2.status|⟧\n-\n  id: t_3\n  status: ⟦#t_3.status|x⟧\n- t_4\n---\n",
    "---\ntasks:\n  x:\n    t_1:\n      status: ⟦#t_1.status|pending⟧\n    t_2: {status: ⟦#t_2.status|done⟧}\n---\n",
    "---\n  a: ⟦a|1⟧\n  b:\n   - c\n   - d\n  e: ⟦e|2⟧\n---\n",
    "---\na: ⟦a|\"\\u00e9 \\\\\"⟧\nb: ⟦b|'a ''b'' # c'⟧ # 'c'\n\"c\" : ⟦c|\"#\"⟧ # d\n---\n",
    "---\n'a: b': {c: ⟦a: b.c|x⟧}\n\u{1f600} k: ⟦\u{1f600} k|\u{1f600}⟧ # \u{1f600}\nz: ⟦z|1⟧\n---\n",
    "---\na:\n\n\n  b:\n    # deep\n    c: ⟦a.b.c|1⟧\n# shallow\n  # odd\nd: ⟦d|2⟧\n---",
    "---\na: !!map {b: 1}\nc: [ [ ], {d: [1, 2, ], }, ]\ne: ⟦e|5⟧\n---\n",
    "---\na: ⟦a|x⟧\n---\n---\n---\n",
    "---\na: ⟦a|no⟧\nb: ⟦b|0644⟧\nc: ⟦c|2026-11-21⟧\nd: ⟦d|12:30⟧\ne: ⟦e|1_000⟧\nf: ⟦f|.nan⟧\ng: ⟦g|Yes⟧\n---\n",
];
