//! What an env file looks like after ports were put into it.

use super::*;
use proptest::prelude::*;

fn set(text: &str) -> String {
    with_ports(text, &[("PORT".to_owned(), 8100)], Missing::Leave)
}

fn put(text: &str) -> String {
    with_ports(text, &[("PORT".to_owned(), 8100), ("API_PORT".to_owned(), 8101)], Missing::Append)
}

#[test]
fn only_the_value_of_the_variable_changes() {
    for (before, after) in [
        ("PORT=3000", "PORT=8100"),
        ("PORT=3000\n", "PORT=8100\n"),
        ("A=1\nPORT=3000\nB=2\n", "A=1\nPORT=8100\nB=2\n"),
        ("export PORT = \"3000\" # web\n", "export PORT = \"8100\" # web\n"),
        ("\texport\tPORT='3000'  \n", "\texport\tPORT='8100'  \n"),
        ("PORT=`3000`", "PORT=`8100`"),
        ("PORT=3000 # web", "PORT=8100 # web"),
        ("PORT=3000#web", "PORT=8100#web"),
        ("PORT=3000 npm start", "PORT=8100 npm start"),
        ("PORT=3000; export PORT", "PORT=8100; export PORT"),
        ("PORT=\"3000\"; export PORT", "PORT=\"8100\"; export PORT"),
        ("PORT=3000  \t\r\nA=1\r\n", "PORT=8100  \t\r\nA=1\r\n"),
        ("\u{feff}PORT=3000\r\n", "\u{feff}PORT=8100\r\n"),
        ("PORT=\"30\r\n00\"\r\nA=1", "PORT=\"8100\"\r\nA=1"),
        ("PORT=08100", "PORT=8100"),
    ] {
        assert_eq!(set(before), after, "{before:?}");
    }
}

#[test]
fn an_empty_value_gets_the_port() {
    for (before, after) in [
        ("PORT=", "PORT=8100"),
        ("PORT=\r\nA=1", "PORT=8100\r\nA=1"),
        ("PORT=\"\"", "PORT=\"8100\""),
        ("PORT= # web", "PORT=8100 # web"),
        ("PORT=#web", "PORT=8100 #web"),
    ] {
        assert_eq!(set(before), after, "{before:?}");
    }
}

#[test]
fn a_value_that_is_no_number_is_replaced_whole_so_that_the_line_gives_the_lease() {
    for (before, after) in [
        ("PORT=${PORT:-3000}", "PORT=8100"),
        ("PORT=${PORT:-3000} # or other", "PORT=8100 # or other"),
        ("PORT=\"${PORT:-3000}\"", "PORT=\"8100\""),
        ("PORT=127.0.0.1:3000", "PORT=8100"),
        ("PORT=3000/tcp", "PORT=8100"),
        ("PORT=http://x/#3000", "PORT=8100"),
        ("PORT=\"30\"00", "PORT=8100"),
        ("PORT='\n'PORT # x", "PORT=8100 # x"),
        ("PORT=\"3000", "PORT=8100"),
        ("PORT==3000", "PORT=8100"),
    ] {
        assert_eq!(set(before), after, "{before:?}");
    }
}

#[test]
fn every_line_that_assigns_the_name_changes() {
    assert_eq!(set("PORT=1\nA=1\nexport PORT=2\nPORT=3"), "PORT=8100\nA=1\nexport PORT=8100\nPORT=8100");
}

#[test]
fn what_only_looks_like_the_variable_stays() {
    for text in [
        "# PORT=1",
        "  #PORT=1\n",
        "MY_PORT=1",
        "PORT_X=1",
        "port=1",
        "MY.PORT=1\nX-PORT=1",
        "exportPORT=1",
        "PORT",
        "export PORT",
        "PORT: 1",
        "echo PORT=1",
        "- PORT=1",
        "URL=http://x:$PORT",
        "A=\"x\nPORT=1\n\"\n",
        "A='x\nPORT=1\n' # PORT",
        "A=`x\nPORT=1`",
        "A=\"x \\\"\nPORT=1\n\"",
        "A='it\\'s\nPORT=1'",
        "KEY.a-b=\"\nPORT=1\n\"",
        "",
        "\n\n",
    ] {
        assert_eq!(set(text), text, "{text:?}");
    }
}

#[test]
fn a_quote_that_is_never_closed_or_stands_inside_a_word_hides_no_line() {
    for (before, after) in [
        ("A=it's\nPORT=1", "A=it's\nPORT=8100"),
        ("A=\"open\nPORT=1", "A=\"open\nPORT=8100"),
        ("A='C:\\dir\\'\nPORT=1", "A='C:\\dir\\'\nPORT=8100"),
        ("# it's\nPORT=1\n# it's", "# it's\nPORT=8100\n# it's"),
        ("export = \"x\"\nPORT=1", "export = \"x\"\nPORT=8100"),
    ] {
        assert_eq!(set(before), after, "{before:?}");
    }
}

#[test]
fn names_that_no_line_assigns_are_put_at_the_end_in_the_style_of_the_file() {
    for (before, after) in [
        ("", "PORT=8100\nAPI_PORT=8101\n"),
        ("\u{feff}", "\u{feff}PORT=8100\nAPI_PORT=8101\n"),
        ("A=1\n", "A=1\nPORT=8100\nAPI_PORT=8101\n"),
        ("A=1", "A=1\nPORT=8100\nAPI_PORT=8101"),
        ("A=1\r\n", "A=1\r\nPORT=8100\r\nAPI_PORT=8101\r\n"),
        ("A=1\r\nB=2", "A=1\r\nB=2\r\nPORT=8100\r\nAPI_PORT=8101"),
        ("API_PORT=1\n#PORT=2\n", "API_PORT=8101\n#PORT=2\nPORT=8100\n"),
        ("PORT=1\nAPI_PORT=2", "PORT=8100\nAPI_PORT=8101"),
    ] {
        assert_eq!(put(before), after, "{before:?}");
    }
    assert_eq!(set("A=1\n"), "A=1\n");
}

#[test]
fn of_two_values_for_a_name_the_later_counts_and_one_line_is_written() {
    let twice = [("PORT".to_owned(), 1), ("PORT".to_owned(), 2)];
    assert_eq!(with_ports("", &twice, Missing::Append), "PORT=2\n");
    assert_eq!(with_ports("PORT=7", &twice, Missing::Append), "PORT=2");
}

#[test]
fn a_name_that_a_shell_would_not_take_is_refused() {
    for name in ["PORT", "_", "a1_B"] {
        assert_eq!(require_name(name), Ok(()), "{name}");
    }
    for name in ["", "1PORT", "MY-PORT", "A B", "A=1", "PÖRT", "A\nB", "$A", "\u{1b}[31m"] {
        let problem = require_name(name).expect_err(name);
        assert_eq!(problem.code, codes::PORT_INVALID, "{name}");
        assert!(!problem.message.contains(['\n', '\u{1b}']) && problem.hint.is_some());
    }
}

#[test]
fn a_huge_file_of_open_quotes_is_read_in_bounded_time() {
    let started = std::time::Instant::now();
    for line in ["A=\"\\\"\n", "A='\\'\n", "A=\"x\n", "A=`\\\n", "A='\n", "PORT=\"\\\n"] {
        let text = line.repeat(1_000_000 / line.len());
        assert!(put(&text).len() > 100_000, "{line:?}");
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn any_text_keeps_its_other_bytes_and_a_second_call_changes_nothing(text in "(PORT|A|export |=|\"|'|`|\\\\|#|\n|\r\n| |[0-9]{1,4}|\u{feff}|ä){0,40}") {
        let once = put(&text);
        prop_assert_eq!(put(&once), once.clone());
        let free = with_ports(&text, &[("NOBODY".to_owned(), 1)], Missing::Leave);
        prop_assert_eq!(free, text);
    }
}
