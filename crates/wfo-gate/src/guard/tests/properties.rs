//! Any text: no panic, bounded time, and no quoted argument that becomes a command.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// Quotes a text for the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Pieces that meet in hostile commands.
fn piece() -> impl Strategy<Value = String> {
    let fixed = [
        "git",
        "commit",
        "-n",
        "--no-verify",
        "-m",
        "x",
        " ",
        "\n",
        ";",
        "&&",
        "|",
        "&",
        "(",
        ")",
        "$(",
        "`",
        "'",
        "\"",
        "\\",
        "$",
        "${",
        "}",
        "{",
        "<<EOF\n",
        "EOF\n",
        "<(",
        ">",
        "case x in ",
        "esac",
        "if ",
        "fi",
        "[[ ",
        "]]",
        "((",
        "))",
        "eval ",
        "sh -c ",
        "env ",
        "xargs ",
        "#",
        "$'",
        "\\x",
        "A=",
        "=(",
        "{a,b}",
        "*",
        "[",
        "-c",
        "core.hooksPath",
        ".git/hooks/",
        "config ",
        "find -exec ",
        "loop",
        "fn ",
        "\0",
        "\u{e9}",
        "\u{1f600}",
        "<<-",
        "<<<",
        "~",
        "..",
        "-C ",
    ];
    prop_oneof![6 => prop::sample::select(fixed.to_vec()).prop_map(str::to_owned), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_judge_panic(pieces in prop::collection::vec(piece(), 0..60)) {
        let _ = judge(&pieces.concat(), &facts());
    }

    #[test]
    fn a_quoted_argument_never_becomes_a_command(pieces in prop::collection::vec(piece(), 0..30)) {
        let text = pieces.concat().replace('\0', "");
        let double = text.replace(['$', '`', '\\', '"', '!'], "_");
        prop_assert_eq!(judge(&format!("echo {}", quoted(&text)), &facts()), Judgement::Allow);
        prop_assert_eq!(judge(&format!("echo \"{double}\" # git"), &facts()), Judgement::Allow);
        let commit = judge(&format!("git commit -m {}", quoted(&text)), &facts());
        prop_assert!(matches!(commit, Judgement::Commit(_)), "{:?}", commit);
    }

    #[test]
    fn a_bypass_is_seen_wherever_a_command_may_stand(name in "[a-z]{1,6}", text in "[ -~]{0,20}") {
        let text = quoted(&text);
        for command in [
            format!("{name} {text}; git commit -n"),
            format!("{name} {text} | git commit -n"),
            format!("X={text} git commit -n"),
            format!("zz{name} \"$(git commit -n -m {text})\""),
            format!("cat <<'END'\n{name}\nEND\ngit commit -m {text} -n"),
        ] {
            prop_assume!(!["if", "do", "fi", "case", "for", "exec", "eval", "time", "then", "done", "else", "elif", "until", "while", "select"].contains(&name.as_str()));
            let judged = judge(&command, &facts());
            prop_assert!(matches!(judged, Judgement::Deny(_)), "{command}: {:?}", judged);
        }
    }
}

#[test]
fn a_hostile_text_of_a_megabyte_is_judged_in_time() {
    let pieces = [
        "$(",
        "(",
        "`",
        "${",
        "\"$(",
        "((",
        "( (",
        "((a) ",
        "$((",
        "'",
        "\"",
        "\\",
        "{",
        "{a,",
        "{a,b}",
        "<<E\n",
        "<<E ",
        "a;",
        "a|",
        "case x in a) ",
        "if ",
        "A=",
        "A=(",
        "[[ ",
        "<(",
        "echo '((' ; ((a ; ",
        "git commit -m x;",
        "git -C a commit;",
        "export HUSKY=0;",
        "cd a;",
        "eval ",
        "env ",
        "sudo ",
        "sh -c ",
        "git ",
        "-c ",
        "xargs ",
        "find -exec ",
        "git loop;",
        "X=a$X;",
        "X=\"$X$X\";",
        "$@",
        "*",
        "@(",
        "$'\\x41'",
        "git add a;",
        "git push;",
        "(cd a;git add b);",
        "trap 'git commit' EXIT;",
        "[",
        "bash <<E\n",
        "cat <<E | sh\n",
        "$(cat <<E\n",
        "\n",
        "#",
        "\u{e9}",
        "git fn x;",
        "alias a='git all';",
        "git config alias.a '!git a;git a';git a;",
        "git -c alias.b='!git b; git b' b;",
    ];
    for (at, piece) in pieces.into_iter().enumerate() {
        let size = if at < 12 { 1 << 20 } else { 1 << 18 };
        let text = format!("git commit {}", piece.repeat(size / piece.len()));
        let begin = Instant::now();
        let judged = judge(&text, &facts());
        // Tests run unoptimised; the program is many times faster.
        assert!(begin.elapsed() < Duration::from_secs(8), "{piece:?} took {:?}", begin.elapsed());
        drop(judged);
    }
}

#[test]
fn what_is_nested_too_deep_becomes_a_question() {
    for open in ["$(", "(", "\"$(", "${x:-", "<("] {
        let text = format!("git commit {}", open.repeat(100_000));
        assert!(matches!(judge(&text, &facts()), Judgement::Ask(_)), "{open}");
    }
    let mut text = "git commit -m x".to_owned();
    for _ in 0..20 {
        text = format!("eval {}", quoted(&text));
        if text.len() > 1 << 20 {
            break;
        }
    }
    assert!(matches!(judge(&text, &facts()), Judgement::Ask(_)));
}

#[test]
fn an_ordinary_command_costs_microseconds() {
    let ordinary = "cd crates && cargo test --workspace 2>&1 | tail -n 20; ls -la src | grep rs";
    let named =
        "git add -A && git commit -m \"$(cat <<'EOF'\nadd: what it does\n\nmore words here\nEOF\n)\" && git log -n 1";
    for command in [ordinary, named] {
        let begin = Instant::now();
        for _ in 0..200 {
            let _ = judge(command, &facts());
        }
        assert!(begin.elapsed() < Duration::from_millis(1000), "{:?} for 200 of {command}", begin.elapsed());
    }
}
