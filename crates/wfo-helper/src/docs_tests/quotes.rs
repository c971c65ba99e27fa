//! Finds the `wfo-helper ...` lines that documents and messages quote. Knows nothing of what they mean.
//!
//! In Markdown: code spans; in fenced blocks also whole lines (after `$ `, up to ` #` or two blanks, which begin a remark)
//! and strings in double quotes. In Rust, outside tests: code spans anywhere, and strings that begin with `wfo-helper `.

/// One quoted text and the line it stands on, from 1.
pub(super) type Quote = (usize, String);

/// Finds the quotes of a Markdown page or template.
pub(super) fn in_markdown(page: &str) -> Vec<Quote> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (line, number) in page.lines().zip(1..) {
        if ["```", "~~~"].iter().any(|fence| line.trim_start().starts_with(fence)) {
            fenced = !fenced;
            continue;
        }
        let mut texts: Vec<String> = between(line, '`').map(str::to_owned).collect();
        if fenced {
            texts.extend(between(line, '"').filter(|text| text.starts_with("wfo-helper ")).map(str::to_owned));
            let line = line.trim_start().trim_start_matches("$ ");
            let line = line.split(" #").next().unwrap_or(line);
            texts.push(line.split("  ").next().unwrap_or(line).to_owned());
        }
        found.extend(texts.iter().flat_map(|text| commands(&text.replace("\\|", "|"))).map(|text| (number, text)));
    }
    found
}

/// Finds the quotes of a Rust file, up to its tests.
pub(super) fn in_rust(source: &str) -> Vec<Quote> {
    let code = source.split("#[cfg(test)]").next().unwrap_or(source);
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("wfo-helper ") {
        let number = code[..code.len() - rest.len() + at].matches('\n').count() + 1;
        let before = rest[..at].chars().next_back();
        let text = &rest[at..];
        let end = match before {
            Some('`') => text.find('`'),
            // A string that goes on with a value is a sentence about the program.
            Some('"') if !text.starts_with("wfo-helper {") => {
                text.find('"').filter(|end| !text[..*end].ends_with('\\'))
            }
            _ => None,
        };
        if let Some(end) = end {
            found.extend(commands(&joined(&text[..end])).into_iter().map(|text| (number, text)));
        }
        rest = &rest[at + "wfo-helper ".len()..];
    }
    found
}

/// Joins a literal that goes on after a backslash, and takes the escapes away.
fn joined(literal: &str) -> String {
    let mut out = String::new();
    let mut rest = literal;
    while let Some((before, after)) = rest.split_once("\\\n") {
        out += before;
        rest = after.trim_start();
    }
    (out + rest).replace("\\\"", "\"")
}

/// Splits a shell line at `&&`, `||`, `|`, `;` and redirections, outside quotes; keeps the parts that call wfo-helper.
fn commands(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    let mut previous = ' ';
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            _ => {}
        }
        // A bar between words is a pipe; one inside a word separates alternatives.
        let ends = matches!(c, ';' | '&' | '>') || (c == '|' && previous == ' ');
        if quote.is_none() && ends {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
        previous = c;
    }
    parts.iter().map(|part| part.trim()).filter(|part| part.starts_with("wfo-helper ")).map(str::to_owned).collect()
}

/// Returns the texts between pairs of a mark on one line.
fn between(line: &str, mark: char) -> impl Iterator<Item = &str> {
    line.split(mark).skip(1).step_by(2)
}

#[test]
fn quotes_of_a_page_are_found_with_their_lines() {
    let page = "Run `wfo-helper a` and `b`.\n```sh\n$ wfo-helper c   remark\nwfo-helper d # why\ncd x && wfo-helper e > f\n\
                {\"next\":[\"wfo-helper g\"]}\necho 'x; y' | wfo-helper h i\nnot wfo-helper j\n```\n| `wfo-helper k --l m\\|n` |\n";
    let found: Vec<(usize, String)> = in_markdown(page);
    let found: Vec<(usize, &str)> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
    assert_eq!(
        found,
        vec![
            (1, "wfo-helper a"),
            (3, "wfo-helper c"),
            (4, "wfo-helper d"),
            (5, "wfo-helper e"),
            (6, "wfo-helper g"),
            (7, "wfo-helper h i"),
            (10, "wfo-helper k --l m|n"),
        ]
    );
}

#[test]
fn quotes_of_a_source_are_found_up_to_its_tests() {
    let source = "x(\"see `wfo-helper a \\\n   b`\");\ny(\"wfo-helper c {id}\", \"the wfo-helper way\", \"wfo-helper {} broke\");\n#[cfg(test)]\n\"wfo-helper d\"";
    let found = in_rust(source);
    assert_eq!(found, vec![(1, "wfo-helper a b".to_owned()), (3, "wfo-helper c {id}".to_owned())]);
}
