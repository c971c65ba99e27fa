//! The shapes of values that are no secrets: templates, names, paths, UUIDs, sequences.
//! Pure tests of one string; none takes longer than its length asks for.

/// Splits a name or value into its words: at signs, digits and humps (`apiKey`, `API_KEY2`), in lower case.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    let mut before_lower = false;
    let mut before_upper = false;
    while let Some(c) = chars.next() {
        let next_lower = chars.peek().is_some_and(char::is_ascii_lowercase);
        let hump = c.is_ascii_uppercase() && (before_lower || (before_upper && next_lower));
        if (hump || !c.is_alphabetic()) && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        before_lower = c.is_ascii_lowercase();
        before_upper = c.is_ascii_uppercase();
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// A value that something else is put in for.
pub(super) fn template(text: &str) -> bool {
    let bytes = text.as_bytes();
    let first = bytes.first().copied().unwrap_or(b' ');
    let second = bytes.get(1).copied().unwrap_or(b' ');
    let named = second.is_ascii_alphabetic() || b"{(_$".contains(&second);
    (first == b'$' && named && !text.starts_with("$1$") && !crypt(text))
        || (first == b'%' && (text.ends_with('%') || second.is_ascii_alphabetic() || second == b'('))
        || (first == b'<' && text.ends_with('>'))
        || (first == b'{' && text.ends_with('}'))
        || (first == b'[' && text.ends_with(']'))
        || (first == b'@' && (second == b'{' || text.ends_with('@')))
        || (first == b'#' && second == b'{')
        || (first == b'_' && text.ends_with("__"))
        || ["${", "{{", "$(", "<%", "%(", "#{"].iter().any(|mark| text.contains(mark))
}

/// A hash of crypt(3) starts like a shell variable.
fn crypt(text: &str) -> bool {
    ["$y$", "$2a$", "$2b$", "$2y$", "$apr1$", "$P$", "$H$", "$argon2"].iter().any(|mark| text.starts_with(mark))
}

/// One character again and again.
pub(super) fn all_same(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| chars.all(|c| c.eq_ignore_ascii_case(&first)))
}

/// Mostly one character, or mostly each one the next of that before.
pub(super) fn dull(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 6 {
        return all_same(text);
    }
    let steps = bytes.windows(2).filter(|pair| match pair {
        [a, b] => a == b || a.wrapping_add(1) == *b,
        _ => false,
    });
    steps.count() * 2 > bytes.len()
}

/// How many of lower case, upper case, digits and signs there are.
pub(super) fn classes(text: &str) -> usize {
    let tests: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_ascii_alphanumeric() && !"_-./ ".contains(c),
    ];
    tests.iter().filter(|test| text.contains(**test)).count()
}

/// How many digits there are.
pub(super) fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// 8-4-4-4-12 hex digits, alone or between braces.
pub(super) fn uuid(text: &str) -> bool {
    text.split(['{', '}']).any(|bare| {
        let lengths = bare.split('-').map(str::len);
        lengths.eq([8, 4, 4, 4, 12]) && bare.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
    })
}

/// A place in a file system, an address, a name with dots, a file.
pub(super) fn path(text: &str) -> bool {
    let starts = ["/", "./", "../", "~/", "C:\\", "c:\\"].iter().any(|start| text.starts_with(start));
    let parts: Vec<&str> = text.split(['/', '\\']).collect();
    let wordy = |part: &&str| part.len() > 1 && !part.contains(|c: char| c.is_ascii_digit() || "+=".contains(c));
    let files = [
        ".pem", ".key", ".txt", ".json", ".yaml", ".yml", ".js", ".ts", ".py", ".rs", ".go", ".crt", ".html", ".svg",
        ".png", ".php", ".env", ".com", ".org", ".net", ".io", ".md", ".conf",
    ];
    (starts && text.len() < 200 && (parts.len() > 2 || text.contains('.')))
        || (parts.len() > 1 && parts.iter().all(wordy))
        || (parts.len() > 3 && parts.iter().filter(|part| wordy(part)).count() * 2 > parts.len())
        || files.iter().any(|end| text.ends_with(end))
        || text.contains("://")
}

/// A line of base64 as long as those of keys are: sentences about keys have none. A body that repeats its lines is made up.
pub(super) fn key_body(bytes: &[u8]) -> bool {
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
    let lines: Vec<&[u8]> = bytes.split(|b| !base64(b)).filter(|run| run.len() >= 40).collect();
    let different: std::collections::HashSet<&[u8]> = lines.iter().copied().collect();
    !lines.is_empty() && different.len() * 2 > lines.len()
}

/// Words with colons between them, at most a number at the end of each: `shop:orders:v2`.
pub(super) fn label(text: &str) -> bool {
    let part = |part: &str| {
        let bare = part.trim_end_matches(|c: char| c.is_ascii_digit());
        (2..=16).contains(&bare.len()) && part.len() - bare.len() <= 6 && bare.bytes().all(|b| b.is_ascii_alphabetic())
    };
    text.matches(':').count() >= 2 && text.split(':').all(part)
}

/// A call, an index, a member, a comparison: what stands without quotes in a program.
pub(super) fn code(text: &str, quoted: bool) -> bool {
    if text.contains(['(', ')']) && text.contains("()") {
        return true;
    }
    let dotted = || {
        text.split('.').count() > 1
            && text.split('.').all(|part| {
                part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                    && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_$-".contains(&b))
                    && part.len() < 24
                    && digits(part) * 4 <= part.len()
            })
    };
    if quoted {
        return dotted();
    }
    text.contains(['(', '[', '{', '|', '<', '`']) || text.contains("->") || dotted()
}

/// Words joined by signs or humps, at most a number at the end.
pub(super) fn identifier(text: &str) -> bool {
    let bare = text.trim_end_matches(|c: char| c.is_ascii_digit());
    !bare.is_empty()
        && text.len() - bare.len() <= 2
        && bare.bytes().all(|b| b.is_ascii_alphabetic() || b"_-.:/ ".contains(&b))
        && (bare.contains(['_', '-', '.', ':', '/']) || humps(bare))
}

/// Says whether letters are words: lower case after at most one upper case, of three letters and more on average.
fn humps(text: &str) -> bool {
    let upper = text.bytes().filter(u8::is_ascii_uppercase).count();
    upper == text.len() || upper * 3 <= text.len()
}
