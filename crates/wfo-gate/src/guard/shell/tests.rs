//! Shell text into simple commands: quotes, nesting, here documents, and what cannot be known.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use super::*;

/// Shows the commands of a text: words between `|`, unknown parts as `?`, what a word may split into as `*`.
fn shown(text: &str) -> Vec<String> {
    let script = parse(text, &mut Surroundings::for_length(text.len()));
    assert_eq!(script.fault, None, "{text:?}");
    let show = |word: &Word| word.text.replace(UNKNOWN, if word.open { "*" } else { "?" });
    script
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Run(command) => Some(command),
            _ => None,
        })
        .map(|command| {
            let mut parts: Vec<String> =
                command.assignments.iter().map(|(name, word)| format!("{name}={}", show(word))).collect();
            parts.extend(command.words.iter().map(show));
            parts.extend(command.redirects.iter().map(|redirect| match redirect.kind {
                Redirection::Body(number) => format!("<<{:?}", script.bodies[number].replace(UNKNOWN, "?")),
                Redirection::Text => format!("<<<{}", show(&redirect.target)),
                Redirection::Read => format!("<{}", show(&redirect.target)),
                Redirection::Write => format!(">{}", show(&redirect.target)),
            }));
            parts.join("|")
        })
        .collect()
}

#[test]
fn a_text_is_split_as_the_shell_splits_it() {
    let table: &[(&str, &[&str])] = &[
        ("git commit -n", &["git|commit|-n"]),
        ("a;b&&c||d&e|f\ng", &["a", "b", "c", "d", "e", "f", "g"]),
        ("g''it 'a b' \"c d\" e\\ f", &["git|a b|c d|e f"]),
        ("\\git com\\\nmit", &["git|commit"]),
        ("$'\\x67it' $'\\143ommit' $'a\\'b'", &["git|commit|a'b"]),
        ("A=b C= git x", &["A=b|C=|git|x"]),
        ("echo $X \"$X\" a$X ${Y:-z} $? $#", &["echo|*|?|a*|*|?|?"]),
        ("X=git; $X \"${X}\" a$X", &["X=git", "git|git|agit"]),
        ("C='git commit -n'; $C; \"$C\"", &["C=git commit -n", "git|commit|-n", "git commit -n"]),
        ("X=1; X=2; a $X", &["X=1", "X=2", "a|*"]),
        ("git${IFS}commit", &["git|commit"]),
        ("echo $(a b) \"$(c)\" `d \\`e\\``", &["a|b", "c", "e", "d|*", "echo|*|?|*"]),
        ("diff <(a) >(b)", &["a", "b", "diff|?|?"]),
        ("{ a; b; }; ( c; d ) > f", &["a", "b", "c", "d", ">f"]),
        ("if a; then b; elif c; then d; else e; fi", &["a", "b", "c", "d", "e"]),
        ("for x in a b; do git $x; done", &["git|*"]),
        ("for x in commit; do git $x; done", &["git|commit"]),
        ("for ((i=0;i<3;i++)); do a; done", &["a"]),
        ("while read l; do a \"$l\"; done < f", &["read|l", "a|?", "<f"]),
        ("case $x in a|b) c;; (d) e ;; *) f; esac; g", &["c", "e", "f", "g"]),
        ("echo $(case x in a) b;; esac)", &["b", "echo|*"]),
        ("f() { a \"$@\"; }; function g { b $1; }; f x", &["a|*", "b|*", "f|x"]),
        ("[[ $a =~ ^(x|y)$ && b < c ]] && d", &["d"]),
        ("(( a > b )) && c; x=$(( 1 + (2) ))", &["c", "x=?"]),
        ("echo $((echo a); b)", &["echo|a", "b", "echo|*"]),
        ("a # b; c\nd#e #f", &["a", "d#e"]),
        ("a > f 2>&1 &> g >>h 3<i <<<\"j k\"", &["a|>f|>1|>g|>h|<i|<<<j k"]),
        ("cat <<EOF | b\nx $(c) $Y\nEOF\nd", &["cat|<<\"x ? ?\\n\"", "b", "c", "d"]),
        ("cat <<'EOF'\nx $(c)\nEOF\nd", &["cat|<<\"x $(c)\\n\"", "d"]),
        ("cat <<-E <<F\n\ta\n\tE\nb\nF\nc", &["cat|<<\"a\\n\"|<<\"b\\n\"", "c"]),
        ("echo \"$(cat <<'EOF'\na \" ( b\nEOF\n)\"", &["cat|<<\"a \\\" ( b\\n\"", "echo|?"]),
        ("bash <<EOF\nno end", &["bash|<<\"no end\\n\""]),
        ("a --no-{verify,edit} {x,y}{1,2} {} {b}", &["a|--no-verify|--no-edit|x1|x2|y1|y2|{}|{b}"]),
        ("a *.rs b? [ x ]", &["a|?.rs|b?|[|x|]"]),
        ("A=(b c) d", &["A=*|d"]),
        ("! time a | b", &["time|a", "b"]),
        ("a |\n b", &["a", "b"]),
        ("export X=git; $X c", &["export|X=git", "git|c"]),
        ("h\u{e9}llo \"\u{1f600}\"", &["h\u{e9}llo|\u{1f600}"]),
        ("", &[]),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), *expected, "{text}");
    }
}

#[test]
fn a_pipe_is_kept_over_the_end_of_a_line() {
    let script = parse("a |\n b; c", &mut Surroundings::for_length(10));
    let piped: Vec<bool> = script
        .steps
        .iter()
        .filter_map(|step| if let Step::Run(command) = step { Some(command.piped) } else { None })
        .collect();
    assert_eq!(piped, [false, true, false]);
}

#[test]
fn what_cannot_be_followed_is_a_fault() {
    let deep = "$(".repeat(100_000);
    let table = [
        ("echo 'a", Fault::Open),
        ("echo \"a", Fault::Open),
        ("echo $(a", Fault::Open),
        ("echo `a", Fault::Open),
        ("echo ${a", Fault::Open),
        ("a )", Fault::Stray),
        ("a (b", Fault::Stray),
        ("case x in a", Fault::Open),
        (deep.as_str(), Fault::Deep),
    ];
    for (text, fault) in table {
        let script = parse(text, &mut Surroundings::for_length(text.len()));
        assert_eq!(script.fault, Some(fault), "{:?}", text.get(..text.len().min(40)));
    }
}
