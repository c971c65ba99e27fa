//! A person's yes: the command that a repository adds to the briefing is proposed, confirmed, approved and revoked, and
//! nobody but a person (or the user's own configuration) can confirm it.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};
use support::terminal::{at_terminal, at_terminal_of_an_agent, shell_at_terminal};
use support::tree::picture;
use support::{Call, Done, Repo, Sandbox, text_of};

/// Leaves a mark when it runs.
const COMMAND: &str = "echo ran >> ../home/ran; echo from the command";

fn asking() -> Repo {
    let repo = Repo::new();
    ask(&repo, COMMAND);
    repo
}

/// Lets the repository ask for a command.
fn ask(repo: &Repo, command: &str) {
    repo.put(".wfo/config.yaml", &format!("start_day:\n  command: {}\n", json!(command)));
}

/// How often the command ran.
fn runs(repo: &Repo) -> usize {
    std::fs::read_to_string(repo.at("home/ran")).unwrap_or_default().lines().count()
}

fn id(repo: &Repo) -> String {
    let data = repo.brief();
    data["proposal"]["id"].as_str().unwrap_or_else(|| panic!("no proposal: {data:#}")).to_owned()
}

fn confirm(repo: &Repo, id: &str) -> Done {
    repo.helper(&["start-day", "--json", "--confirm", id])
}

/// The user says that nobody watches.
fn unattended(sandbox: &Sandbox) {
    sandbox.write("config/wfo/config.yaml", "confirm: {unattended: true}\n");
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[test]
fn a_command_of_the_repository_is_proposed_and_not_run() {
    let repo = asking();
    let before = picture(&repo.root());
    let done = repo.noted();
    let data = done.data();
    let id = data["proposal"]["id"].as_str().expect("an id").to_owned();
    assert!(id.len() == 12 && id.chars().all(|c| c.is_ascii_uppercase() || ('2'..='7').contains(&c)), "{id}");
    assert_eq!(
        data["proposal"],
        json!({"id": id, "title": "run a command of the repository project at every start-day", "actions": [format!("run `{COMMAND}`")]})
    );
    assert_eq!((data.get("command_output"), data.get("applied"), runs(&repo)), (None, None, 0));
    assert_eq!(
        (done.codes(), &done.answer()["next"][0]),
        (vec!["command.unapproved".to_owned()], &json!(format!("wfo-helper start-day --confirm {id}")))
    );
    assert_eq!(
        data["alerts"][0],
        json!({"severity": "warning", "area": "trust", "message": "the repository wants to run a command that nobody has approved"})
    );
    assert_eq!(repo.brief()["proposal"]["id"], id.as_str(), "the same state, the same id");
    assert_eq!(picture(&repo.root()), before, "a proposal writes nothing in the repository");
    let page = repo.helper(&["start-day", "--format", "markdown"]).stdout;
    assert!(
        page.contains(&format!("To approve: `wfo-helper start-day --confirm {id}`"))
            && page.contains("echo from the command"),
        "{page}"
    );
}

#[test]
fn every_character_of_a_command_is_shown_to_the_person() {
    let repo = Repo::new();
    let long = format!("echo harmless {} ; rm -rf ~", "x".repeat(300));
    for (command, shown) in [
        ("echo a # fine\ntouch b", &["run, part 1 of 2: `echo a # fine`", "run, part 2 of 2: `touch b`"][..]),
        ("echo \u{202e}fr- mr\u{1b}[2K", &["run `echo \\u{202e}fr- mr\\u{1b}[2K`"]),
    ] {
        ask(&repo, command);
        let actions = repo.brief()["proposal"]["actions"].clone();
        let actions: Vec<&str> = actions.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(actions.starts_with(shown), "{command:?}: {actions:?}");
    }
    ask(&repo, &long);
    let page = repo.helper(&["start-day", "--format", "markdown"]).stdout;
    assert!(page.contains("rm -rf ~"), "{page}");
    let text = repo.helper(&["start-day", "--format", "text"]).stdout;
    assert!(text.contains("rm -rf ~"), "{text}");
    ask(&repo, &"echo x;".repeat(400));
    let done = repo.noted();
    assert_eq!(
        (done.data().get("proposal"), done.codes()),
        (None, vec!["command.unapproved".to_owned()]),
        "nobody reads that"
    );
}

#[test]
fn without_a_person_there_is_no_yes() {
    let repo = asking();
    let id = id(&repo);
    assert_eq!(confirm(&repo, &id).failure(), (21, "proposal.needs-person".to_owned()));
    assert_eq!(repo.helper(&["start-day", "--json", "--yes"]).failure(), (21, "proposal.needs-person".to_owned()));
    let marked = repo.call(&["start-day", "--json", "--confirm", &id]).env("CLAUDECODE", "1").run(&repo);
    assert_eq!(marked.failure().0, 21);
    assert_eq!(runs(&repo), 0);
    assert_eq!(repo.brief()["proposal"]["id"], id.as_str(), "the proposal still stands");
}

#[test]
fn without_a_person_there_is_no_yes_where_the_leader_of_the_session_is_not_seen() {
    let repo = asking();
    let id = id(&repo);
    let helper = support::binary().to_string_lossy().into_owned();
    let own_namespace = ["--user", "--map-root-user", "--pid", "--fork"];
    if Call::new("unshare").args(own_namespace).args(["true"]).run(&repo).status != Some(0) {
        eprintln!("skipped: a process namespace cannot be made here");
        return;
    }
    let call =
        Call::new("unshare").args(own_namespace).args([helper.as_str(), "start-day", "--json", "--confirm", &id]);
    assert_eq!(call.run(&repo).failure(), (21, "proposal.needs-person".to_owned()));
}

#[test]
fn an_id_that_was_never_shown_is_unknown_and_one_of_another_state_is_stale() {
    let repo = asking();
    for unknown in ["AAAAAAAAAAAA", "x", "../../key", "", "\u{1b}[31m"] {
        assert_eq!(confirm(&repo, unknown).failure(), (20, "proposal.unknown".to_owned()), "{unknown}");
    }
    let old = id(&repo);
    ask(&repo, &format!("{COMMAND} "));
    repo.put(".wfo/config.yaml", &text_of(&repo.root().join(".wfo/config.yaml")).replace("echo ran", "echo RAN"));
    let new = id(&repo);
    assert_ne!(old, new);
    assert_eq!(confirm(&repo, &old).failure(), (22, "proposal.stale".to_owned()));
    std::fs::remove_file(repo.root().join(".wfo/config.yaml")).unwrap();
    assert_eq!(confirm(&repo, &new).failure(), (22, "proposal.stale".to_owned()), "nothing is proposed any more");
    assert_eq!(runs(&repo), 0);
}

#[test]
fn the_users_own_configuration_can_confirm_once_and_it_is_recorded() {
    let repo = asking();
    let id = id(&repo);
    unattended(&repo);
    let data = confirm(&repo, &id.to_lowercase()).data();
    assert_eq!(
        (&data["applied"], &data["command_output"], data.get("proposal")),
        (&json!(true), &json!("from the command"), None)
    );
    assert_eq!(confirm(&repo, &id).failure(), (22, "proposal.used".to_owned()));
    let approvals = text_of(&repo.config().join("wfo/approvals.jsonl"));
    let approval: Value = serde_json::from_str(approvals.lines().next().expect("an approval")).unwrap();
    assert_eq!((&approval["kind"], &approval["main_checkout"]), (&json!("start_day.command"), &json!(repo.root())));
    assert_eq!(approval["sha256"], wfo_base::trust::digest(COMMAND));
    assert!(
        !approval["at"].as_str().unwrap().starts_with("2026-11-21T09:00:00"),
        "approvals are dated by the real clock: {approval}"
    );
    assert_eq!(text_of(&repo.config().join("wfo/used.jsonl")).lines().count(), 1);
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    assert_eq!(repo.brief()["command_output"], "from the command", "an approved text runs from then on");
}

#[test]
fn unattended_approves_a_text_as_it_comes_and_records_it() {
    let repo = asking();
    unattended(&repo);
    assert_eq!((repo.brief()["command_output"].clone(), runs(&repo)), (json!("from the command"), 1));
    let list = repo.helper(&["trust", "list", "--json"]).data();
    assert_eq!((list["approvals"].as_array().map(Vec::len), &list["approvals"][0]["here"]), (Some(1), &json!(true)));
}

#[test]
fn unattended_counts_only_in_a_file_that_nobody_else_can_write() {
    let repo = asking();
    let id = id(&repo);
    unattended(&repo);
    let config = repo.config().join("wfo/config.yaml");
    for open in [0o666, 0o646, 0o664] {
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(open)).unwrap();
        assert_eq!(confirm(&repo, &id).failure(), (21, "proposal.needs-person".to_owned()), "{open:o}");
        assert!(repo.noted().codes().contains(&"config.unsafe-permissions".to_owned()), "{open:o}");
    }
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o600)).unwrap();
    if std::os::unix::fs::chown(&config, Some(12_345), None).is_ok() {
        assert_eq!(confirm(&repo, &id).failure().0, 21, "a file of somebody else");
    }
    assert_eq!(runs(&repo), 0);
}

#[test]
fn a_repository_cannot_make_itself_unattended() {
    let repo = asking();
    let text = text_of(&repo.root().join(".wfo/config.yaml"));
    repo.put(".wfo/config.yaml", &format!("{text}confirm: {{unattended: true}}\n"));
    let done = repo.noted();
    assert_eq!(done.codes(), ["config.not-from-repository", "command.unapproved"]);
    let id = done.data()["proposal"]["id"].as_str().unwrap().to_owned();
    assert_eq!((confirm(&repo, &id).failure().0, runs(&repo)), (21, 0));
}

#[test]
fn a_dry_run_confirms_nothing() {
    let repo = asking();
    let id = id(&repo);
    unattended(&repo);
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    let data = repo.helper(&["start-day", "--json", "--dry-run", "--confirm", &id]).data();
    assert_eq!((&data["applied"], data.get("proposal"), runs(&repo)), (&json!(false), None, 0));
    assert!(!repo.config().join("wfo/used.jsonl").exists());
}

#[test]
fn a_person_at_a_terminal_can_confirm() {
    let repo = asking();
    let id = id(&repo);
    let Some(seen) = at_terminal(&repo, &["start-day", "--json", "--confirm", &id], &[]) else { return };
    assert_eq!((seen.status, runs(&repo)), (0, 1), "{seen:?}");
    assert!(seen.output.contains("\"applied\":true"), "{seen:?}");
    ask(&repo, &format!("{COMMAND} again"));
    let seen = at_terminal(&repo, &["start-day", "--yes", "--format", "text"], &[]).expect("a terminal, as before");
    assert!(seen.status == 0 && seen.output.contains("from the command again"), "{seen:?}");
}

#[test]
fn a_terminal_with_an_agent_behind_it_is_no_person() {
    let repo = asking();
    let id = id(&repo);
    for mark in ["CLAUDECODE", "CLAUDE_CODE_SESSION_ID"] {
        let Some(seen) = at_terminal_of_an_agent(&repo, &["start-day", "--format", "text", "--confirm", &id], mark)
        else {
            return;
        };
        if cfg!(target_os = "linux") {
            assert!(
                seen.status == 21 && seen.output.contains("error[proposal.needs-person]"),
                "an ancestor carries {mark}: {seen:?}"
            );
        }
        let Some(own) = at_terminal(&repo, &["start-day", "--confirm", &id], &[(mark, "x")]) else { return };
        assert_eq!(own.status, 21, "it carries {mark} itself: {own:?}");
    }
    assert_eq!(runs(&repo), 0);
}

#[test]
fn stdin_and_stderr_must_both_be_the_terminal() {
    let repo = asking();
    let id = id(&repo);
    for script in [
        "\"$0\" start-day --confirm ID </dev/null",
        "\"$0\" start-day --confirm ID 2>/dev/null",
        "setsid -w \"$0\" start-day --confirm ID",
    ] {
        let Some(seen) = shell_at_terminal(&repo, &script.replace("ID", &id)) else { return };
        assert!(seen.status == 21 || seen.status == 127, "{script}: {seen:?}");
    }
    let piped = shell_at_terminal(&repo, &format!("\"$0\" start-day --json --confirm {id} | cat"))
        .expect("a terminal, as before");
    assert!(piped.output.contains("\"applied\":true"), "stdout may go elsewhere: {piped:?}");
}

#[test]
fn an_approval_is_for_one_text_in_one_main_checkout() {
    let repo = asking();
    unattended(&repo);
    repo.brief();
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    repo.commit("with the command");
    let (linked, clone) = (repo.at("linked"), repo.at("clone"));
    repo.git(&["worktree", "add", "-q", "-b", "side", &linked.to_string_lossy()]);
    repo.git(&["clone", "-q", ".", &clone.to_string_lossy()]);
    assert_eq!(repo.brief_in(&linked)["command_output"], "from the command", "a worktree is the same repository");
    let there = repo.brief_in(&clone);
    assert_eq!((there.get("command_output"), there["proposal"].is_object()), (None, true), "a clone is another one");
    ask(&repo, &format!("{COMMAND};"));
    assert_eq!(repo.brief().get("command_output"), None, "one character makes another text");
}

#[test]
fn approvals_are_listed_and_taken_back_by_a_proposal() {
    let repo = asking();
    assert_eq!(repo.helper(&["trust", "list", "--json"]).data()["approvals"], json!([]));
    unattended(&repo);
    repo.brief();
    let config = repo.config().join("wfo/config.yaml");
    std::fs::remove_file(&config).unwrap();
    let approval = repo.helper(&["trust", "list", "--json"]).data()["approvals"][0]["id"].as_str().unwrap().to_owned();
    let done = repo.helper(&["trust", "revoke", &approval, "--json"]);
    let data = done.data();
    let id = data["proposal"]["id"].as_str().expect("a proposal").to_owned();
    assert_eq!(
        (&data["applied"], &done.answer()["next"][0]),
        (&json!(false), &json!(format!("wfo-helper trust revoke {approval} --confirm {id}")))
    );
    assert!(repo.brief().get("command_output").is_some(), "nothing is taken back yet");
    let revoke = |id: &str| repo.helper(&["trust", "revoke", &approval, "--json", "--confirm", id]);
    assert_eq!(revoke(&id).failure(), (21, "proposal.needs-person".to_owned()));
    unattended(&repo);
    assert_eq!(revoke(&id).data()["applied"], true);
    std::fs::remove_file(&config).unwrap();
    assert_eq!(
        (repo.helper(&["trust", "list", "--json"]).data()["approvals"].clone(), repo.brief().get("command_output")),
        (json!([]), None)
    );
    assert_eq!(revoke(&id).failure(), (22, "proposal.used".to_owned()));
    unattended(&repo);
    repo.brief();
    let done = repo.helper(&["trust", "revoke", &approval, "--json", "--yes"]);
    assert_eq!(done.data()["applied"], true, "--yes proposes and confirms in one call");
    assert_eq!(repo.helper(&["trust", "revoke", "nothing", "--json"]).failure(), (20, "trust.unknown".to_owned()));
}

#[test]
fn what_is_kept_of_trust_is_for_the_user_alone() {
    let repo = asking();
    unattended(&repo);
    std::fs::remove_dir_all(repo.config()).unwrap();
    let id = id(&repo);
    repo.call(&["hook", "pre-tool-use"]).stdin(&bash(&format!("wfo-helper start-day --confirm {id}"))).run(&repo);
    assert_eq!((mode(&repo.config().join("wfo")), mode(&repo.config().join("wfo/tickets"))), (0o700, 0o700));
    for path in picture(&repo.config().join("wfo")).keys().filter(|path| path.is_file()) {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
}

/// A payload of the host for a Bash call.
fn bash(command: &str) -> String {
    let input = json!({"command": command, "description": "approve"});
    json!({"session_id": "s1", "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": input, "tool_use_id": "t1"}).to_string()
}

/// Has the hook ask about a command; returns what runs after a yes.
fn asked(repo: &Repo, command: &str) -> String {
    let done = repo.call(&["hook", "pre-tool-use"]).stdin(&bash(command)).run(repo);
    let answer = done.json()["hookSpecificOutput"].clone();
    assert_eq!(answer["permissionDecision"], "ask", "{answer:#}");
    assert_eq!(answer["updatedInput"]["description"], "approve", "the other fields of the input stay");
    answer["updatedInput"]["command"].as_str().expect("a command").to_owned()
}

/// Runs a command that the hook gave back, with the built helper.
fn run_words(repo: &Repo, command: &str) -> Done {
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    repo.call(&words).env("CLAUDECODE", "1").run(repo)
}

fn ticket(command: &str) -> &str {
    command.split("--ticket ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a ticket")
}

#[test]
fn a_ticket_of_the_hook_confirms_once() {
    let repo = asking();
    let id = id(&repo);
    let command = asked(&repo, &format!("wfo-helper start-day --confirm {id} --json"));
    let nonce = ticket(&command);
    assert!(nonce.len() == 32 && nonce.chars().all(|c| c.is_ascii_hexdigit()), "{nonce}");
    assert_eq!(command, format!("wfo-helper start-day --confirm {id} --ticket {nonce} --json"));
    let kept: String = picture(&repo.config().join("wfo/tickets"))
        .keys()
        .filter(|path| path.is_file())
        .map(|path| format!("{} {}", path.display(), text_of(path)))
        .collect();
    assert!(kept.contains(&id) && kept.contains("s1") && !kept.contains(nonce), "only a hash is kept: {kept}");
    assert_eq!(run_words(&repo, &command).data()["applied"], true);
    assert_eq!((run_words(&repo, &command).failure(), runs(&repo)), ((22, "proposal.used".to_owned()), 1));
}

#[test]
fn a_ticket_is_for_its_own_proposal_and_a_wrong_use_spends_it() {
    let repo = asking();
    let first = id(&repo);
    ask(&repo, &format!("{COMMAND};"));
    let second = id(&repo);
    let command = asked(&repo, &format!("wfo-helper start-day --confirm {first} --json"));
    let swapped = command.replace(&first, &second);
    assert_eq!(run_words(&repo, &swapped).failure(), (21, "proposal.ticket-invalid".to_owned()));
    ask(&repo, COMMAND);
    assert_eq!(run_words(&repo, &command).failure(), (21, "proposal.ticket-invalid".to_owned()));
    for forged in ["0", "../key", &"0".repeat(32), ""] {
        let done = repo.helper(&["start-day", "--json", "--confirm", &first, "--ticket", forged]);
        assert_eq!(done.failure(), (21, "proposal.ticket-invalid".to_owned()), "{forged}");
    }
    assert_eq!(runs(&repo), 0);
}

#[test]
fn a_ticket_ends_with_the_call_it_was_made_for() {
    let repo = asking();
    let id = id(&repo);
    let start = format!("wfo-helper start-day --confirm {id} --json");
    let event = |event: &str, session: &str| {
        let input = json!({"session_id": session, "tool_name": "Bash", "tool_input": {"command": "ls"}, "prompt": "go on", "source": "startup"});
        assert_eq!(repo.call(&["hook", event]).stdin(&input.to_string()).run(&repo).status, Some(0));
    };
    for over in ["pre-tool-use", "post-tool-batch", "user-prompt-submit", "session-start"] {
        let command = asked(&repo, &start);
        event(over, "s1");
        assert_eq!(run_words(&repo, &command).failure(), (21, "proposal.ticket-invalid".to_owned()), "after {over}");
    }
    let command = asked(&repo, &start);
    event("pre-tool-use", "another session");
    let done =
        repo.call(&command.split(' ').skip(1).collect::<Vec<_>>()).env("WFO_NOW", "2040-01-01T00:00:00Z").run(&repo);
    assert_eq!(done.data()["applied"], true, "another session ends nothing, and a shown time makes nothing old");
}

/// Runs the same call many times at once.
fn at_once(sandbox: &Sandbox, arguments: &[&str]) -> Vec<Done> {
    let call = || Call::new(support::binary()).args(arguments).run(sandbox);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..20).map(|_| scope.spawn(call)).collect();
        running.into_iter().map(|one| one.join().expect("a call that ends")).collect()
    })
}

#[test]
fn of_twenty_that_confirm_at_once_one_wins() {
    let rounds = std::env::var("WFO_STRESS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    for _ in 0..rounds {
        let repo = asking();
        // the key does not exist yet: all must make the same one
        let ids: std::collections::BTreeSet<String> = at_once(&repo, &["start-day", "--json"])
            .iter()
            .map(|done| done.data()["proposal"]["id"].to_string())
            .collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
        let id = id(&repo);
        let command = asked(&repo, &format!("wfo-helper start-day --confirm {id} --json"));
        let by_ticket = at_once(&repo, &["start-day", "--json", "--confirm", &id, "--ticket", ticket(&command)]);
        assert_eq!(winners(&by_ticket), 1);
        ask(&repo, &format!("{COMMAND} # another"));
        let id = self::id(&repo);
        unattended(&repo);
        assert_eq!(winners(&at_once(&repo, &["start-day", "--json", "--confirm", &id])), 1);
    }
}

/// Counts the calls that were carried out; every other one must have been refused in so many words.
fn winners(calls: &[Done]) -> usize {
    let lost = calls.iter().filter(|done| done.status != Some(0)).map(Done::failure);
    for failure in lost {
        let known = [(22, "proposal.used"), (21, "proposal.ticket-invalid")];
        assert!(known.contains(&(failure.0, failure.1.as_str())), "{failure:?}");
    }
    calls.iter().filter(|done| done.status == Some(0)).inspect(|done| assert_eq!(done.data()["applied"], true)).count()
}
