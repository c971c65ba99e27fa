//! `end-day --notify` against a server on loopback: what is posted, what is never shown, and that a post that fails is only that.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Call, Done, Repo, binary, tree::picture};

/// How a server answers.
#[derive(Clone)]
enum Way {
    /// With these bytes.
    Says(Vec<u8>),
    /// Not at all.
    Never,
    /// With a head, and then for ever.
    Endless,
}

/// One request: its head and its body.
struct Request {
    head: String,
    body: Value,
}

/// A server that answers every request in one way.
struct Server {
    port: u16,
    requests: Receiver<Request>,
}

impl Server {
    fn new(way: Way) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().unwrap().port();
        let (sender, requests) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (sender, way) = (sender.clone(), way.clone());
                std::thread::spawn(move || {
                    let _ = sender.send(answer(stream, &way));
                });
            }
        });
        Self { port, requests }
    }

    fn says(status: &str, more: &str) -> Self {
        Self::new(Way::Says(
            format!("HTTP/1.1 {status}\r\n{more}Content-Length: 2\r\nConnection: close\r\n\r\nok").into_bytes(),
        ))
    }

    fn address(&self, secret: &str) -> String {
        format!("http://127.0.0.1:{}/services/{secret}", self.port)
    }

    fn request(&self) -> Request {
        self.requests.recv_timeout(Duration::from_secs(20)).expect("a request")
    }

    fn is_quiet(&self) -> bool {
        self.requests.recv_timeout(Duration::from_millis(200)).is_err()
    }
}

fn answer(mut stream: TcpStream, way: &Way) -> Request {
    let mut bytes = Vec::new();
    let mut part = [0; 65_536];
    let (head, body) = loop {
        let length = stream.read(&mut part).expect("a request");
        bytes.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let whole = text.split_once("\r\n\r\n").and_then(|(head, body)| {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            (body.len() >= length?).then(|| (head.to_owned(), body.to_owned()))
        });
        match whole {
            Some(whole) => break whole,
            None => assert!(length > 0, "half a request: {text}"),
        }
    };
    match way {
        Way::Says(bytes) => {
            let _ = stream.write_all(bytes);
        }
        Way::Never => std::thread::spawn(move || std::thread::sleep(Duration::from_secs(30))).join().unwrap_or(()),
        Way::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            while stream.write_all(&part).is_ok() {}
        }
    }
    Request { head, body: serde_json::from_str(&body).expect("JSON") }
}

/// The part of an address that nobody may see.
fn secret() -> String {
    format!("T0{}/B0{}/k3VqZ8mTw1RyB6xNcP0dLs7H", "ABCDEF12", "ABCDEF34")
}

fn post(repo: &Repo, flags: &[&str], variables: &[(&str, &str)]) -> Done {
    let call = repo.call(&[&["end-day", "--json"], flags].concat());
    variables.iter().fold(call, |call, (name, value)| call.env(name, *value)).run(repo)
}

/// Holds that nothing of the address but the host is in an answer or in any file.
fn keeps_secret(repo: &Repo, done: &Done) {
    let shown = format!("{}{}", done.stdout, done.stderr);
    assert!(!shown.contains("k3VqZ8mT") && !shown.contains("/services/"), "{shown}");
    for path in picture(&repo.at("")).keys().filter(|path| path.is_file()) {
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        assert!(!text.contains("k3VqZ8mT"), "{} holds it", path.display());
    }
}

#[test]
fn the_summary_is_posted_to_slack_and_to_discord_in_their_shapes() {
    let repo = Repo::new();
    let (slack, discord) = (Server::says("200 OK", ""), Server::says("204 No Content", ""));
    let (to_slack, to_discord) = (slack.address(&secret()), discord.address(&secret()));
    let both = [("WFO_SLACK_WEBHOOK", to_slack.as_str()), ("WFO_DISCORD_WEBHOOK", to_discord.as_str())];
    let done = post(&repo, &["--notify", "--completed", "Built <!channel> @everyone & co"], &both);
    let answer = done.answer();
    assert_eq!(done.status, Some(0), "{answer:#}");
    let sent = json!([{"to": "slack", "host": "127.0.0.1", "sent": true}, {"to": "discord", "host": "127.0.0.1", "sent": true}]);
    assert_eq!(answer["data"]["notified"], sent);
    let (slack, discord) = (slack.request(), discord.request());
    for request in [&slack, &discord] {
        assert!(request.head.starts_with("POST /services/T0"), "{}", request.head);
        assert!(request.head.to_lowercase().contains("\r\ncontent-type: application/json"), "{}", request.head);
    }
    let text = slack.body["text"].as_str().unwrap();
    assert!(
        text.starts_with("*End of day: project*\n")
            && text.contains("Built ‹!channel›")
            && !text.contains('<')
            && !text.contains("@everyone"),
        "{text}"
    );
    let content = discord.body["content"].as_str().unwrap();
    assert!(content.starts_with("## End of day: project\n") && !content.contains("@everyone"), "{content}");
    assert_eq!(discord.body["allowed_mentions"], json!({"parse": []}));
    keeps_secret(&repo, &done);
}

#[test]
fn one_channel_can_be_named_and_the_other_is_left_alone() {
    let repo = Repo::new();
    let (slack, discord) = (Server::says("200 OK", ""), Server::says("200 OK", ""));
    let (to_slack, to_discord) = (slack.address(&secret()), discord.address(&secret()));
    let both = [("WFO_SLACK_WEBHOOK", to_slack.as_str()), ("WFO_DISCORD_WEBHOOK", to_discord.as_str())];
    assert_eq!(post(&repo, &["--notify", "discord"], &both).data()["notified"][0]["to"], "discord");
    discord.request();
    assert!(slack.is_quiet());
    assert_eq!(post(&repo, &["--notify", "slack"], &both[1..]).failure(), (20, "notify.no-webhook".to_owned()));
    assert_eq!(post(&repo, &["--notify", "mail"], &both).status, Some(64));
    let data = post(&repo, &["--notify", "--dry-run"], &both).data();
    assert_eq!((data["notified"].as_array().unwrap().len(), &data["notified"][0]["sent"]), (2, &json!(false)));
    assert!(slack.is_quiet() && discord.is_quiet());
    assert!(post(&repo, &[], &both).data().get("notified").is_none());
    assert!(slack.is_quiet() && discord.is_quiet(), "nobody asked for a post");
}

#[test]
fn a_post_that_is_not_taken_leaves_the_day_done_and_ends_with_30() {
    for (server, said) in [
        (Server::says("404 Not Found", ""), "answered 404"),
        (Server::says("500 Internal Server Error", ""), "answered 500"),
        (
            Server::says("302 Found", "Location: http://127.0.0.1:1/stolen\r\n"),
            "answered 302, and redirects are not followed",
        ),
        (Server::new(Way::Says(b"\x1b[31mnot http k3VqZ8mT\r\n\r\n".to_vec())), "its answer is none"),
        (
            Server::new(Way::Says(b"HTTP/1.1 500 \x1b[31m\xff\r\nX: y\r\n\r\n\x1b]0;k3VqZ8mT\x07".to_vec())),
            "answered 500",
        ),
        (Server::new(Way::Says(Vec::new())), "its answer is none"),
    ] {
        let repo = Repo::new();
        let done = post(&repo, &["--notify"], &[("WFO_SLACK_WEBHOOK", &server.address(&secret()))]);
        let answer = done.answer();
        assert_eq!((done.status, &answer["data"]["verdict"]), (Some(30), &json!("pass")), "{said}: {answer:#}");
        assert_eq!(answer["data"]["steps"][5]["verdict"], "done");
        assert_eq!(answer["data"]["notified"][0]["sent"], false);
        let notes = answer["diagnostics"].as_array().unwrap();
        let note = notes.iter().find(|note| note["code"] == "notify.failed").unwrap_or_else(|| panic!("{answer:#}"));
        let message = note["message"].as_str().unwrap();
        assert!(message.contains(said) && message.contains("`127.0.0.1`"), "{message}");
        assert!(repo.root().join("PROJECT_CONTEXT.md").exists());
        keeps_secret(&repo, &done);
    }
}

#[test]
fn a_server_that_never_answers_or_never_ends_is_left_after_ten_seconds() {
    let began = Instant::now();
    std::thread::scope(|scope| {
        for way in [Way::Never, Way::Endless] {
            scope.spawn(move || {
                let (repo, server) = (Repo::new(), Server::new(way));
                let done = post(&repo, &["--notify"], &[("WFO_DISCORD_WEBHOOK", &server.address(&secret()))]);
                assert_eq!(done.status, Some(30), "{done:?}");
                let answer = done.answer();
                let notes = answer["diagnostics"].as_array().unwrap();
                assert!(
                    notes.iter().any(|note| note["message"].as_str().unwrap().contains("within 10 s")),
                    "{answer:#}"
                );
            });
        }
    });
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
}

#[test]
fn an_address_that_is_not_posted_to_ends_the_call_before_anything_is_done() {
    let repo = Repo::new();
    for address in [
        "http://example.com/services/k3VqZ8mT",
        "hooks k3VqZ8mT",
        "file:///services/k3VqZ8mT",
        "https://a:k3VqZ8mT@example.com/x",
    ] {
        let done = post(&repo, &["--notify"], &[("WFO_SLACK_WEBHOOK", address)]);
        assert_eq!(done.failure(), (20, "notify.address-invalid".to_owned()), "{address}");
        keeps_secret(&repo, &done);
    }
    assert_eq!(post(&repo, &["--notify"], &[("WFO_SLACK_WEBHOOK", "")]).failure().1, "notify.no-webhook");
    assert!(!repo.root().join("PROJECT_CONTEXT.md").exists());
}

#[test]
fn without_curl_the_day_is_done_and_the_program_is_named() {
    let repo = Repo::new();
    // A PATH with git alone.
    let bin = repo.at("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let git = Call::new("sh").args(["-c", "command -v git"]).run(&repo).stdout;
    std::os::unix::fs::symlink(git.trim(), bin.join("git")).unwrap();
    let path = bin.to_string_lossy().into_owned();
    let server = Server::says("200 OK", "");
    let done = post(&repo, &["--notify"], &[("WFO_SLACK_WEBHOOK", &server.address(&secret())), ("PATH", &path)]);
    assert_eq!((done.status, done.codes().contains(&"tool.missing".to_owned())), (Some(30), true), "{done:?}");
    assert!(repo.root().join("PROJECT_CONTEXT.md").exists());
}

#[test]
fn the_address_is_in_no_argument_and_not_in_what_curl_inherits() {
    let repo = Repo::new();
    let script =
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$HOME/argv\"\nenv > \"$HOME/env\"\ncat > \"$HOME/stdin\"\nprintf 200\n";
    repo.program("bin/curl", script);
    let path = format!("{}:{}", repo.at("bin").display(), std::env::var("PATH").unwrap_or_default());
    let address = format!("https://hooks.example.com/services/{}", secret());
    let done = post(
        &repo,
        &["--notify", "--blocker", "a \"quoted\" \\ thing"],
        &[("WFO_SLACK_WEBHOOK", &address), ("PATH", &path)],
    );
    assert_eq!(done.status, Some(0), "{done:?}");
    let told = |name: &str| std::fs::read_to_string(repo.at("home").join(name)).unwrap();
    assert!(told("argv").starts_with("--disable\n"), "the user's own settings of curl do not count: {}", told("argv"));
    for name in ["argv", "env"] {
        assert!(!told(name).contains("k3VqZ8mT"), "{name}: {}", told(name));
    }
    assert!(told("stdin").contains(&format!("url = \"{address}\"\n")), "{}", told("stdin"));
    assert_eq!(done.answer()["data"]["notified"][0]["host"], "hooks.example.com");
}

#[test]
fn what_is_posted_holds_no_secret_and_a_bad_sweep_keeps_its_status() {
    let repo = Repo::new();
    let planted = format!("{}{}{}", "dop_", "v1_", "3a7f9c2e5b8d1046".repeat(4));
    repo.put("a.rs", &format!("let token = \"{planted}\";\n"));
    repo.put("TASK.md", &format!("## In progress\n- [ ] rotate {planted}\n"));
    let server = Server::says("500 Oops", "");
    let done = Call::new(binary())
        .args(["end-day", "--json", "--notify", "--blocker", &format!("sent {planted}")])
        .env("WFO_SLACK_WEBHOOK", server.address(&secret()))
        .run(&repo);
    assert_eq!(done.status, Some(10), "the sweep is what matters most: {done:?}");
    let body = server.request().body.to_string();
    assert!(body.contains("REDACTED") && !body.contains(&planted[7..]), "{body}");
}
