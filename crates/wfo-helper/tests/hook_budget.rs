//! The budget in a session: what is blocked, what goes through, what is told and how often, and which agent starts cheaper.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::{Call, Done, Repo, Sandbox, binary};

/// Limits of a day; the others are far away.
fn limits(soft: &str, hard: &str, block: bool) -> String {
    json!({"budgets": {"daily": {"soft_limit": soft, "hard_limit": hard}, "weekly": {"soft_limit": 9000}, "monthly": {"soft_limit": 9000}},
        "cost_controls": {"block_on_limit": block}})
    .to_string()
}

fn spent(usd: &str) -> String {
    format!("{{\"id\": \"x\", \"day\": \"2026-11-21\", \"kind\": \"api\", \"source\": \"manual\", \"usd\": {usd}}}\n")
}

fn world(usd: &str, config: &str) -> Repo {
    let repo = Repo::new();
    repo.put("costs/ledger.jsonl", &spent(usd));
    repo.put("costs/budget-config.json", config);
    repo
}

fn hook(repo: &Sandbox, event: &str, input: &Value) -> Done {
    let mut whole =
        json!({"session_id": "s", "cwd": repo.project(), "transcript_path": repo.config().join("projects/p/s.jsonl")});
    whole.as_object_mut().expect("an object").extend(input.as_object().expect("an object").clone());
    let done = Call::new(binary()).args(["hook", event]).stdin(&whole.to_string()).run(repo);
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "{done:?}");
    done
}

fn prompt(repo: &Sandbox, prompt: &str) -> Done {
    hook(repo, "user-prompt-submit", &json!({"prompt": prompt}))
}

fn agent(repo: &Sandbox, tool: &str, model: Option<&str>) -> Done {
    let mut input = json!({"description": "work", "prompt": "do it", "subagent_type": "general-purpose"});
    if let Some(model) = model {
        input["model"] = model.into();
    }
    hook(repo, "pre-tool-use", &json!({"tool_name": tool, "tool_use_id": "t", "tool_input": input}))
}

#[test]
fn a_prompt_over_a_hard_limit_is_blocked_with_the_limit_the_spend_and_the_way_out() {
    let repo = world("6", &limits("4", "5", true));
    let answer = prompt(&repo, "fix the login").json();
    assert_eq!(answer["decision"], "block");
    let reason = answer["reason"].as_str().expect("a reason");
    for part in [
        "the repository's daily hard limit of $5.00 is exceeded: $6.00 spent",
        "`budgets.daily.hard_limit` in costs/budget-config.json",
        "wfo-helper cost budget",
        "\"override budget\"",
    ] {
        assert!(reason.contains(part), "{reason}");
    }
    assert_eq!(prompt(&repo, "start day").json()["decision"], "block", "a briefing is answered by a model too");
}

#[test]
fn commands_and_the_override_go_through() {
    let repo = world("6", &limits("4", "5", true));
    for text in ["/cost", "!ls", "override budget: the release is due", "  Override budget, go on"] {
        assert!(!prompt(&repo, text).stdout.contains("\"decision\""), "{text}");
    }
    assert!(prompt(&repo, "please override budget").stdout.contains("\"decision\":\"block\""));
}

#[test]
fn nothing_is_blocked_at_the_limit_itself_nor_without_block_on_limit_nor_when_spend_is_unknown() {
    for (usd, config) in [("5", limits("4", "5", true)), ("6", limits("4", "5", false))] {
        assert!(!prompt(&world(usd, &config), "go").stdout.contains("\"decision\""), "{usd} {config}");
    }
    let unknown = world("6", &limits("4", "5", true));
    unknown.put("costs/ledger.jsonl", "nothing that can be read\n");
    assert_eq!(prompt(&unknown, "go").stdout, "");
    assert_eq!(agent(&unknown, "Agent", Some("opus")).stdout, "");
}

#[test]
fn a_limit_of_the_user_names_the_user_s_file() {
    let repo = world("6", "{}");
    repo.put_config(
        "wfo/budgets.yaml",
        "daily: {soft_limit: '4', hard_limit: '5'}\ncost_controls: {block_on_limit: true}\n",
    );
    let answer = prompt(&repo, "go").json();
    let reason = answer["reason"].as_str().expect("a reason");
    assert!(reason.contains("the user's daily hard limit") && reason.contains("wfo/budgets.yaml"), "{reason}");
}

#[test]
fn an_alert_is_told_once_to_person_and_model_and_a_higher_one_again() {
    let repo = world("8.5", &limits("10", "20", false));
    let told = prompt(&repo, "go").json();
    assert_eq!(told["systemMessage"], "wfo budget: daily warning: $8.50 of $10.00 (85.0 %)");
    let context = told["hookSpecificOutput"]["additionalContext"].as_str().expect("context");
    assert!(context.contains("daily warning: $8.50 of $10.00") && context.len() < 600, "{context}");
    assert_eq!(prompt(&repo, "go").stdout, "");
    assert_eq!(agent(&repo, "Agent", None).stdout, "", "told is told, whoever tells it");
    repo.put("costs/ledger.jsonl", &spent("10"));
    assert_eq!(prompt(&repo, "go").json()["systemMessage"], "wfo budget: daily critical: $10.00 of $10.00 (100.0 %)");
    assert_eq!(prompt(&repo, "go").stdout, "");
    // A new day is a new period.
    let call = Call::new(binary()).args(["hook", "user-prompt-submit"]).env("WFO_NOW", "2026-11-22T09:00:00Z");
    let tomorrow = |usd: &str| {
        repo.put("costs/ledger.jsonl", &spent(usd).replace("11-21", "11-22"));
    };
    tomorrow("9");
    let done = call.stdin(&json!({"cwd": repo.root(), "prompt": "go"}).to_string()).run(&repo);
    assert_eq!(done.json()["systemMessage"], "wfo budget: daily warning: $9.00 of $10.00 (90.0 %)");
}

#[test]
fn alerts_of_two_repositories_do_not_hide_each_other_and_the_users_is_told_once_for_both() {
    let repo = world("8.5", &limits("10", "20", false));
    let other = repo.at("other");
    repo.git(&["clone", "-q", ".", &other.to_string_lossy()]);
    repo.write("other/costs/ledger.jsonl", &spent("8.5"));
    repo.write("other/costs/budget-config.json", &limits("10", "20", false));
    assert_ne!(prompt(&repo, "go").stdout, "");
    let there = hook(&repo, "user-prompt-submit", &json!({"prompt": "go", "cwd": other}));
    assert_eq!(there.json()["systemMessage"], "wfo budget: daily warning: $8.50 of $10.00 (85.0 %)");
    repo.put_config("wfo/budgets.yaml", "monthly: {soft_limit: '9', hard_limit: '90'}\n");
    assert!(prompt(&repo, "go").stdout.contains("monthly warning"));
    assert_eq!(hook(&repo, "user-prompt-submit", &json!({"prompt": "go", "cwd": other})).stdout, "");
}

#[test]
fn an_alert_comes_beside_the_briefing_of_a_trigger() {
    let repo = world("8.5", &limits("10", "20", false));
    let answer = prompt(&repo, "start day").json();
    let context = answer["hookSpecificOutput"]["additionalContext"].as_str().expect("context");
    assert!(context.contains("start-of-day briefing") && context.contains("daily warning"), "{context}");
}

#[test]
fn the_start_of_an_agent_is_denied_over_a_hard_limit_by_either_name_of_the_tool() {
    let repo = world("6", &limits("4", "5", true));
    for tool in ["Agent", "Task"] {
        let answer = agent(&repo, tool, None).json()["hookSpecificOutput"].clone();
        assert_eq!(answer["permissionDecision"], "deny", "{tool}");
        assert!(answer["permissionDecisionReason"].as_str().expect("a reason").contains("$6.00 spent"));
    }
}

#[test]
fn with_little_left_an_agent_that_names_a_model_starts_with_a_cheaper_one() {
    let emergency = world("10", &limits("10", "90", false));
    let answer = agent(&emergency, "Agent", Some("opus")).json();
    let fields = &answer["hookSpecificOutput"];
    assert_eq!(fields["updatedInput"]["model"], "haiku");
    assert_eq!(fields["updatedInput"]["prompt"], "do it", "everything else stays");
    assert_eq!(fields.get("permissionDecision"), None, "it is not allowed in the person's place");
    assert!(answer["systemMessage"].as_str().expect("words").contains("haiku at $"), "{answer}");
    // Told once, switched each time.
    assert_eq!(agent(&emergency, "Agent", Some("opus")).json()["hookSpecificOutput"]["updatedInput"]["model"], "haiku");
    for model in [None, Some("inherit"), Some("haiku"), Some("no-such-model")] {
        let answer = agent(&emergency, "Agent", model);
        assert!(!answer.stdout.contains("updatedInput"), "{model:?}: {}", answer.stdout);
    }
    let saving = world("8.2", &limits("10", "90", false));
    let answer = agent(&saving, "Agent", Some("fable")).json();
    assert_eq!(answer["hookSpecificOutput"]["updatedInput"]["model"], "sonnet", "two steps with 18 % left");
}

#[test]
fn with_enough_left_or_switching_off_an_agent_starts_as_it_is() {
    let enough = world("1", &limits("10", "90", false));
    assert_eq!(agent(&enough, "Agent", Some("opus")).stdout, "");
    let off =
        limits("10", "90", false).replace("\"block_on_limit\"", "\"auto_switch_models\":false,\"block_on_limit\"");
    let repo = world("10", &off);
    assert!(!agent(&repo, "Agent", Some("opus")).stdout.contains("updatedInput"));
}

#[test]
fn odd_input_is_answered_by_silence() {
    let repo = world("6", &limits("4", "5", true));
    for input in [json!({}), json!({"prompt": 7}), json!({"prompt": null})] {
        assert_eq!(hook(&repo, "user-prompt-submit", &input).stdout, "", "{input}");
    }
}

#[test]
fn twenty_prompts_at_once_tell_an_alert_once() {
    let repo = world("8.5", &limits("10", "20", false));
    let repo: &Sandbox = &repo;
    let told: usize = std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(|| usize::from(!prompt(repo, "go").stdout.is_empty()))).collect();
        all.into_iter().map(|one| one.join().expect("an answer")).sum()
    });
    // One that waited too long for the others may tell it too; hardly anybody does.
    assert!((1..=3).contains(&told), "{told}");
}
