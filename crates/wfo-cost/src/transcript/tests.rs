//! Tests of the transcript reader: one case for each hazard that was seen or measured, and properties over any bytes.

use super::*;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// An entry that outlives its line.
type Kept = Entry<'static>;

fn keep(entry: Entry<'_>) -> Kept {
    fn own(text: Cow<'_, str>) -> Cow<'static, str> {
        Cow::Owned(text.into_owned())
    }
    let Entry { message, request, at, tokens, searches, tier, sidechain, .. } = entry;
    let model = own(entry.model);
    let [cwd, branch, skill, agent] = [entry.cwd, entry.branch, entry.skill, entry.agent].map(|text| text.map(own));
    Kept { message, request, at, model, cwd, branch, skill, agent, tokens, searches, tier, sidechain }
}

fn read(line: &[u8]) -> (Read, Vec<Kept>) {
    let mut kept = Vec::new();
    let read = entries(line, &mut |entry| kept.push(keep(entry)));
    (read, kept)
}

fn one(line: &[u8]) -> Kept {
    let (read, mut kept) = read(line);
    let shown = String::from_utf8_lossy(line);
    assert_eq!((read, kept.len()), (Read::Counted, 1), "{shown}");
    kept.pop().unwrap()
}

fn line() -> Value {
    json!({
        "parentUuid": null, "isSidechain": false, "cwd": "/src/shop", "sessionId": "s1", "version": "2.1.329",
        "gitBranch": "feature/login", "type": "assistant", "uuid": "u1", "requestId": "req_1",
        "timestamp": "2026-11-21T09:00:00.123Z", "attributionSkill": "review", "attributionAgent": "Explore",
        "message": {
            "id": "msg_1", "model": "claude-opus-5-5", "role": "assistant", "stop_reason": null,
            "content": [{"type": "text", "text": "done"}],
            "usage": {
                "input_tokens": 10, "output_tokens": 20, "cache_read_input_tokens": 30,
                "cache_creation_input_tokens": 12, "cache_creation": {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 7},
                "service_tier": "standard", "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1},
            },
        },
    })
}

const TOKENS: Tokens = Tokens { input: 10, output: 20, cache_read: 30, cache_write_5m: 5, cache_write_1h: 7 };

/// The line with the value at a JSON pointer replaced, added, or (`None`) taken away.
fn with(pointer: &str, value: impl Into<Option<Value>>) -> Value {
    put(line(), pointer, value)
}

fn put(mut line: Value, pointer: &str, value: impl Into<Option<Value>>) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = line.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value.into() {
        Some(value) => parent.insert(key.to_owned(), value),
        None => parent.remove(key),
    };
    line
}

fn bytes(line: &Value) -> Vec<u8> {
    serde_json::to_vec(line).unwrap()
}

fn replaced(from: &str, to: &[u8]) -> Vec<u8> {
    let text = line().to_string();
    let at = text.find(from).unwrap();
    [&text.as_bytes()[..at], to, &text.as_bytes()[at + from.len()..]].concat()
}

#[test]
fn a_response_is_read_with_all_that_is_told_about_it() {
    let entry = one(&bytes(&line()));
    let digest = Sha256::digest(b"\x01msg_1");
    assert_eq!(entry.message.to_be_bytes(), digest[..16]);
    assert_eq!(entry.request.to_be_bytes(), Sha256::digest(b"\x04req_1")[..8]);
    let wanted = Kept {
        message: entry.message,
        request: entry.request,
        at: 1_795_251_600_123,
        model: "claude-opus-5-5".into(),
        cwd: Some("/src/shop".into()),
        branch: Some("feature/login".into()),
        skill: Some("review".into()),
        agent: Some("Explore".into()),
        tokens: TOKENS,
        searches: 2,
        tier: Tier::default(),
        sidechain: false,
    };
    assert_eq!(entry, wanted);
}

#[test]
fn dirt_that_leaves_the_figures_certain_changes_nothing() {
    let clean = one(&bytes(&line()));
    let text = line().to_string();
    let cases: [(&str, Vec<u8>); 24] = [
        (
            "blanks",
            serde_json::to_vec_pretty(&line()).unwrap().iter().map(|b| if *b == b'\n' { b' ' } else { *b }).collect(),
        ),
        ("tabs", text.replace("\"usage\":", "\"usage\"\t:\t ").into_bytes()),
        ("carriage return", format!("{text}\r").into_bytes()),
        ("newline", format!("{text}\n").into_bytes()),
        ("byte order mark", format!("\u{feff}{text}").into_bytes()),
        ("zeros of a crash", format!("\0\0\0\0{text}").into_bytes()),
        ("blanks before", format!("  \t{text}").into_bytes()),
        ("bad bytes in content", replaced("done", b"d\xff\xfe\x80ne")),
        ("bad bytes in a key", replaced("stop_reason", b"stop\xffreason")),
        ("control characters in content", replaced("done", b"d\x00o\x01n\te")),
        ("half a surrogate in content", replaced("done", br"\ud83d")),
        ("null version", bytes(&with("/version", json!(null)))),
        ("odd version", bytes(&with("/version", json!("dev-build")))),
        ("number as version", bytes(&with("/version", json!(2.1)))),
        ("no version", bytes(&with("/version", None))),
        ("null speed", bytes(&with("/message/usage/speed", json!(null)))),
        ("unknown speed", bytes(&with("/message/usage/speed", json!("warp")))),
        ("odd service", bytes(&with("/message/usage/service_tier", json!({"name": "batch"})))),
        ("null iterations", bytes(&with("/message/usage/iterations", json!(null)))),
        ("null session", bytes(&with("/sessionId", json!("")))),
        ("unknown keys", bytes(&with("/message/usage/later", json!({"usage": [null, {"input_tokens": 9}]})))),
        ("floats without a fraction", text.replace("\"input_tokens\":10", "\"input_tokens\":1.0e1").into_bytes()),
        ("finer time", bytes(&with("/timestamp", json!("2026-11-21T10:00:00.1239999+01:00")))),
        (
            "a key that comes twice",
            text.replace("\"output_tokens\":20", "\"output_tokens\":3,\"output_tokens\":20").into_bytes(),
        ),
    ];
    for (name, line) in cases {
        assert_eq!(one(&line), clean, "{name}");
    }
}

#[test]
fn keys_with_our_names_inside_content_are_content() {
    let clean = one(&bytes(&line()));
    let ours = json!({"id": null, "cwd": null, "model": null, "requestId": null, "usage": {"input_tokens": 999},
        "message": {"id": "x", "usage": {"output_tokens": -1}}, "timestamp": 5, "isSidechain": true});
    for content in [
        json!([{"type": "tool_use", "name": "x", "input": ours}]),
        json!([{"type": "text", "text": ours.to_string()}]),
        json!({"usage": ours}),
        json!(null),
        json!(line().to_string()),
    ] {
        assert_eq!(one(&bytes(&with("/message/content", content))), clean);
    }
    assert_eq!(one(&bytes(&with("/toolUseResult", ours))), clean);
}

#[test]
fn lines_without_a_response_are_nothing() {
    let synthetic = put(with("/message/model", json!("<synthetic>")), "/timestamp", None);
    let none = json!({"input_tokens": 0, "output_tokens": 0, "cache_creation": {"ephemeral_5m_input_tokens": 0}});
    for (name, line) in [
        ("empty", b"".to_vec()),
        ("blank", b" \r".to_vec()),
        ("binary", vec![0, 159, 146, 150, 255, b'{', b'"', 7]),
        ("binary with the word", b"\x00\xff\"usage\"\x01{{{[".to_vec()),
        ("the word alone", b"\"usage\"".to_vec()),
        ("user", br#"{"type":"user","message":{"role":"user","content":"what does \"usage\" mean"}}"#.to_vec()),
        (
            "tool result",
            br#"{"type":"user","message":{"content":[{"usage":{"input_tokens":5}}]},"toolUseResult":{"usage":{"input_tokens":5}}}"#.to_vec(),
        ),
        ("result line", br#"{"type":"result","usage":{"input_tokens":5,"output_tokens":6}}"#.to_vec()),
        ("a list of records", format!("[{}]", line()).into_bytes()),
        ("null usage", bytes(&with("/message/usage", json!(null)))),
        ("text as usage", bytes(&with("/message/usage", json!("much")))),
        ("empty usage", bytes(&with("/message/usage", json!({})))),
        ("null message", format!("{{\"usage\":1,\"message\":{},\"message\":null}}", line()["message"]).into_bytes()),
        ("made up by the client", bytes(&synthetic)),
        ("error without cost", bytes(&put(with("/isApiErrorMessage", json!(true)), "/message/usage", none))),
    ] {
        assert_eq!(read(&line), (Read::Nothing, vec![]), "{name}");
    }
}

#[test]
fn responses_whose_figures_are_not_certain_are_broken() {
    let text = line().to_string();
    for (name, line) in [
        ("cut in the usage", text.as_bytes()[..text.find("\"output_tokens\"").unwrap()].to_vec()),
        ("cut before the end", text.as_bytes()[..text.len() - 1].to_vec()),
        ("no time", bytes(&with("/timestamp", None))),
        ("time without sense", bytes(&with("/timestamp", json!("yesterday")))),
        ("number as time", bytes(&with("/timestamp", json!(1_795_251_600)))),
        ("no model", bytes(&with("/message/model", None))),
        ("empty model", bytes(&with("/message/model", json!("")))),
        ("endless model", bytes(&with("/message/model", json!("x".repeat(257))))),
        ("negative", bytes(&with("/message/usage/input_tokens", json!(-1)))),
        ("fraction", bytes(&with("/message/usage/output_tokens", json!(1.5)))),
        ("more than 2^40", bytes(&with("/message/usage/output_tokens", json!((1_u64 << 40) + 1)))),
        ("2^63", bytes(&with("/message/usage/cache_read_input_tokens", json!(1_u64 << 63)))),
        ("beyond u64", text.replace("\"input_tokens\":10", "\"input_tokens\":18446744073709551616").into_bytes()),
        ("1e30", text.replace("\"input_tokens\":10", "\"input_tokens\":1e30").into_bytes()),
        ("text as figure", bytes(&with("/message/usage/input_tokens", json!("10")))),
        ("odd split", bytes(&with("/message/usage/cache_creation/ephemeral_1h_input_tokens", json!([7])))),
        ("odd searches", bytes(&with("/message/usage/server_tool_use/web_search_requests", json!(1_u64 << 33)))),
    ] {
        assert_eq!(read(&line), (Read::Broken, vec![]), "{name}");
    }
}

#[test]
fn absent_and_null_figures_are_none_and_the_most_is_2_to_the_40th() {
    let bare =
        with("/message/usage", json!({"output_tokens": 1_u64 << 40, "input_tokens": null, "cache_creation": null}));
    assert_eq!(one(&bytes(&bare)).tokens, Tokens { output: 1 << 40, ..Tokens::default() });
    let free = with("/message/usage", json!({"input_tokens": 0}));
    assert_eq!(one(&bytes(&free)).tokens, Tokens::default(), "a free response is still one");
    let error = with("/isApiErrorMessage", json!(true));
    assert_eq!(one(&bytes(&error)).tokens, TOKENS, "an error that was billed counts");
}

#[test]
fn cache_writes_that_the_split_leaves_out_were_for_five_minutes() {
    for (total, split, wanted) in [
        (json!(12), json!({"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 7}), (5, 7)),
        (json!(12), json!(null), (12, 0)),
        (json!(12), json!({}), (12, 0)),
        (json!(12), json!([]), (12, 0)),
        (json!(12), json!({"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}), (12, 0)),
        (json!(12), json!({"ephemeral_1h_input_tokens": 7}), (5, 7)),
        (json!(12), json!({"ephemeral_5m_input_tokens": null, "ephemeral_1h_input_tokens": 7}), (5, 7)),
        (json!(3), json!({"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 7}), (5, 7)),
        (json!(null), json!({"ephemeral_5m_input_tokens": 5}), (5, 0)),
    ] {
        let line = put(
            with("/message/usage/cache_creation", split.clone()),
            "/message/usage/cache_creation_input_tokens",
            total.clone(),
        );
        let tokens = one(&bytes(&line)).tokens;
        assert_eq!((tokens.cache_write_5m, tokens.cache_write_1h), wanted, "{total} {split}");
    }
}

#[test]
fn what_changes_the_price_is_read_in_any_case() {
    for (key, value, wanted) in [
        ("service_tier", "BATCH", Tier { batch: true, ..Tier::default() }),
        ("speed", "Fast", Tier { fast: true, ..Tier::default() }),
        ("inference_geo", "US", Tier { us: true, ..Tier::default() }),
        ("inference_geo", "global", Tier::default()),
        ("service_tier", "priority", Tier::default()),
    ] {
        assert_eq!(one(&bytes(&with(&format!("/message/usage/{key}"), json!(value)))).tier, wanted, "{key} {value}");
    }
}

#[test]
fn ids_tell_responses_apart_and_without_one_the_uuid_or_the_record_does() {
    let full = one(&bytes(&line()));
    for value in [json!(null), json!(""), json!(7)] {
        let no_request = one(&bytes(&with("/requestId", value.clone())));
        assert_eq!((no_request.message, no_request.request), (full.message, 0), "{value}");
        let by_uuid = one(&bytes(&with("/message/id", value.clone())));
        let copy = one(&bytes(&put(with("/message/id", value.clone()), "/sessionId", json!("s2"))));
        assert_ne!(by_uuid.message, full.message);
        assert_eq!(by_uuid.message, copy.message, "a copy in another session is the same by its uuid");
        let bare = put(with("/message/id", value.clone()), "/uuid", None);
        let by_record = one(&bytes(&bare));
        assert_ne!(by_record.message, by_uuid.message);
        assert_eq!(by_record, one(format!("{bare}\r\n").as_bytes()), "line ends are no part of the record");
        assert_ne!(by_record.message, one(&bytes(&put(bare, "/parentUuid", json!("p")))).message);
    }
    let id_as_uuid = put(with("/message/id", None), "/uuid", json!("msg_1"));
    assert_ne!(one(&bytes(&id_as_uuid)).message, full.message, "an id is not a uuid");
    assert_ne!(one(&bytes(&with("/requestId", json!("req_2")))).request, full.request);
}

#[test]
fn two_records_on_one_line_both_count() {
    let other = with("/message/id", json!("msg_2"));
    for between in ["", " ", "\t", "\0\u{1}"] {
        let text = format!("{}{between}{other}", line());
        let (read, kept) = read(text.as_bytes());
        assert_eq!((read, kept.len()), (Read::Counted, 2), "{between:?}");
        assert_ne!(kept[0].message, kept[1].message);
    }
    let bare = |session: &str| put(put(with("/message/id", None), "/uuid", None), "/sessionId", json!(session));
    let (_, kept) = read(format!("{} {}", bare("a"), bare("b")).as_bytes());
    assert_ne!(kept[0].message, kept[1].message, "each is hashed by itself");
    assert_eq!(kept[1].message, one(&bytes(&bare("b"))).message);
}

#[test]
fn a_record_before_a_torn_one_counts_and_the_line_is_broken() {
    let whole = line().to_string();
    let torn = format!("{whole}{}", &whole[..whole.len() - 5]);
    let (read_as, kept) = read(torn.as_bytes());
    assert_eq!((read_as, kept.len()), (Read::Broken, 1));
    let (read_as, kept) = read(format!("{whole}{{\"type\":\"us").as_bytes());
    assert_eq!((read_as, kept.len()), (Read::Counted, 1), "a torn record without figures loses nothing");
}

#[test]
fn many_places_where_a_record_might_begin_take_no_time() {
    let nested = format!("\"usage\"{}", "{\"parentUuid\":".repeat(1 << 20));
    assert_eq!(read(nested.as_bytes()).0, Read::Nothing);
    let many = format!("{}{}", "{}".repeat(1 << 20), line());
    assert_eq!(one(many.as_bytes()).tokens, TOKENS);
}

#[test]
fn the_progress_of_an_agent_counts_by_its_own_ids() {
    let message = put(put(with("/cwd", None), "/timestamp", None), "/attributionAgent", None);
    let outer = json!({"type": "progress", "cwd": "/outer", "uuid": "u9", "requestId": "req_9", "timestamp": "2026-11-21T09:00:01Z",
        "isSidechain": true, "data": {"type": "agent_progress", "agentType": "Plan", "message": message}});
    let entry = one(&bytes(&outer));
    let plain = one(&bytes(&line()));
    assert_eq!((entry.message, entry.request, entry.tokens), (plain.message, plain.request, plain.tokens));
    assert_eq!(
        (entry.at, entry.cwd.as_deref(), entry.agent.as_deref()),
        (1_795_251_601_000, Some("/outer"), Some("Plan"))
    );
    assert!(!entry.sidechain, "what the message says about itself goes before what stands around it");
    let unsaid = put(outer.clone(), "/data/message/isSidechain", None);
    assert!(one(&bytes(&unsaid)).sidechain);
    let own =
        put(put(outer, "/data/message/timestamp", json!("2026-11-21T09:00:02Z")), "/data/message/cwd", json!("/inner"));
    let entry = one(&bytes(&own));
    assert_eq!((entry.at, entry.cwd.as_deref()), (1_795_251_602_000, Some("/inner")));
    let deeper = json!({"data": {"message": {"data": {"message": line()}}}});
    assert_eq!(read(&bytes(&deeper)), (Read::Nothing, vec![]));
}

#[test]
fn calls_billed_besides_are_entries_of_their_own() {
    let iterations = json!([
        {"type": "message", "input_tokens": 10, "output_tokens": 20},
        {"type": "advisor_message", "model": "claude-fable-5-2", "input_tokens": 100, "output_tokens": 7, "cache_creation_input_tokens": 4},
        {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3500},
        {"type": "fallback_message", "input_tokens": 5, "output_tokens": 5},
        {"type": "advisor_message", "input_tokens": 1, "output_tokens": 1, "speed": "fast"},
        {"type": "advisor_message", "input_tokens": 0, "output_tokens": 0},
        null,
    ]);
    let line = put(with("/message/usage/iterations", iterations), "/message/usage/inference_geo", json!("us"));
    let (read_as, kept) = read(&bytes(&line));
    assert_eq!(read_as, Read::Counted);
    let told: Vec<_> =
        kept.iter().map(|e| (&*e.model, e.tokens.input, e.tokens.cache_write_5m, e.searches, e.tier.word())).collect();
    assert_eq!(
        told,
        [
            ("claude-opus-5-5", 10, 5, 2, "us"),
            ("claude-fable-5-2", 100, 4, 0, "us"),
            ("claude-opus-5-5", 180_000, 0, 0, "us"),
            ("advisor", 1, 0, 0, "fast+us"),
        ]
    );
    assert!(kept.iter().all(|entry| entry.request == kept[0].request && entry.at == kept[0].at && entry.request != 0));
    let mut messages: Vec<_> = kept.iter().map(|entry| entry.message).collect();
    messages.sort_unstable();
    messages.dedup();
    assert_eq!(messages.len(), 4, "each is a message of its own");
    assert_eq!(read(&bytes(&line)).1, kept, "which is the same when the line is read again");
    let named = put(line, "/advisorModel", json!("claude-sonnet-5-5"));
    assert_eq!(read(&bytes(&named)).1[3].model, "claude-sonnet-5-5");
}

#[test]
fn a_broken_call_besides_leaves_the_message_counted_and_the_line_broken() {
    let advice = json!({"type": "advisor_message", "model": "m", "input_tokens": -5});
    let (read_as, kept) = read(&bytes(&with("/message/usage/iterations", json!([advice]))));
    assert_eq!((read_as, kept.len()), (Read::Broken, 1));
    let advice = json!({"type": "advisor_message", "model": "m", "input_tokens": 5});
    let (read_as, kept) = read(&bytes(&with("/message/usage/iterations", json!(vec![advice; 1001]))));
    assert_eq!((read_as, kept.len()), (Read::Broken, 1001));
}

#[test]
fn skills_carry_their_plugin_and_texts_that_say_nothing_are_absent() {
    for (skill, plugin, wanted) in [
        (json!("review"), json!("tools"), Some("tools:review")),
        (json!("tools:review"), json!("tools"), Some("tools:review")),
        (json!("review"), json!(null), Some("review")),
        (json!(null), json!("tools"), None),
        (json!(""), json!("tools"), None),
    ] {
        let line = put(with("/attributionSkill", skill), "/attributionPlugin", plugin);
        assert_eq!(one(&bytes(&line)).skill.as_deref(), wanted);
    }
    for odd in [json!(""), json!(null), json!(3), json!("x".repeat(4097))] {
        let line =
            ["/cwd", "/gitBranch", "/attributionAgent"].into_iter().fold(line(), |line, at| put(line, at, odd.clone()));
        let entry = one(&bytes(&line));
        assert_eq!((entry.cwd, entry.branch, entry.agent), (None, None, None));
    }
    assert!(one(&bytes(&with("/isSidechain", json!(true)))).sidechain);
    assert!(!one(&bytes(&with("/isSidechain", json!("yes")))).sidechain);
}

#[test]
fn texts_with_escapes_and_bad_bytes_are_made_readable() {
    assert_eq!(one(&bytes(&with("/cwd", json!("/sr\"c\\é\u{1}")))).cwd.as_deref(), Some("/sr\"c\\é\u{1}"));
    assert_eq!(one(&replaced("/src/shop", b"/src/\xffshop")).cwd.as_deref(), Some("/src/\u{fffd}shop"));
}

#[test]
fn deep_and_huge_lines_have_an_answer() {
    let deep = replaced("\"done\"", format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)).as_bytes());
    assert_eq!(one(&deep).tokens, TOKENS);
    let nested = format!("{{\"usage\":1,\"_tokens\":{}", "{\"data\":".repeat(100_000));
    assert_eq!(read(nested.as_bytes()).0, Read::Broken);
    let data = format!("{}{}", "{\"data\":{\"message\":".repeat(50_000), "\"usage\"");
    assert_eq!(read(data.as_bytes()), (Read::Nothing, vec![]));
    let huge = replaced("done", &vec![b'x'; 20 << 20]);
    assert_eq!(one(&huge).tokens, TOKENS);
}

/// Any JSON, with our key names among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("usage".to_owned()),
        Just("message".to_owned()),
        Just("input_tokens".to_owned()),
        Just("id".to_owned()),
        "[a-zé\"\\\\]{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Writes JSON with blanks anywhere, keys in another order, strangers among them.
fn write(value: &Value, turn: &mut impl Iterator<Item = usize>, strangers: &[Value], out: &mut String) {
    let mut blank = |out: &mut String| out.push_str(["", " ", "\t", "  ", "\r", ""][turn.next().unwrap_or(0) % 6]);
    blank(out);
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<(String, &Value)> = map.iter().map(|(key, value)| (key.clone(), value)).collect();
            if let Some(stranger) = strangers.first() {
                pairs.push(("aStranger".to_owned(), stranger));
            }
            let by = turn.next().unwrap_or(0) % pairs.len().max(1);
            pairs.rotate_left(by);
            out.push('{');
            for (number, (key, value)) in pairs.into_iter().enumerate() {
                out.push_str(if number > 0 { ", " } else { " " });
                out.push_str(&Value::from(key).to_string());
                out.push_str([":", " :", ": "][turn.next().unwrap_or(0) % 3]);
                write(value, turn, strangers.get(1..).unwrap_or_default(), out);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let _ = read(&[b"{\"message\":{\"usage\":".as_slice(), &bytes].concat());
    }

    #[test]
    fn a_damaged_line_never_tells_more_than_it_holds(at in any::<Index>(), byte in any::<u8>(), cut in any::<Index>()) {
        let mut text = bytes(&line());
        let at = at.index(text.len());
        text[at] = byte;
        let (read_as, kept) = read(&text);
        prop_assert!(kept.len() <= 1);
        prop_assert_eq!(read_as == Read::Counted, !kept.is_empty());
        let cut = &bytes(&line())[..cut.index(text.len())];
        prop_assert_eq!(read(cut).1, vec![]);
    }

    #[test]
    fn a_record_behind_a_torn_one_counts_wherever_the_tear_is(cut in any::<Index>(), dirty in any::<bool>()) {
        let torn = if dirty { replaced("done", b"d\xffne") } else { bytes(&line()) };
        let torn = &torn[..cut.index(torn.len())];
        let whole = bytes(&with("/message/id", json!("msg_2")));
        let (read_as, kept) = read(&[torn, whole.as_slice()].concat());
        prop_assert_eq!(kept, vec![one(&whole)]);
        let has_figures = String::from_utf8_lossy(torn).contains("\"usage\"");
        prop_assert_eq!(read_as, if has_figures { Read::Broken } else { Read::Counted });
    }

    #[test]
    fn order_blanks_and_strangers_change_nothing(
        turns in prop::collection::vec(0_usize..60, 1..80),
        strangers in prop::collection::vec(any_json(), 0..4),
        content in any_json(),
    ) {
        let line = with("/message/content", content);
        let mut out = String::new();
        write(&line, &mut turns.iter().copied().cycle(), &strangers, &mut out);
        let wanted = one(&bytes(&super::tests::line()));
        prop_assert_eq!(one(out.as_bytes()), wanted);
    }

    #[test]
    fn any_value_in_our_places_is_read_or_refused_whole(value in any_json(), place in 0_usize..9) {
        let places = ["/message/usage", "/message", "/data", "/timestamp", "/requestId", "/message/id", "/message/usage/input_tokens",
            "/message/usage/iterations", "/message/usage/cache_creation"];
        let (read_as, kept) = read(&bytes(&with(places[place], value)));
        prop_assert!(read_as != Read::Nothing || kept.is_empty());
        prop_assert!(read_as != Read::Counted || !kept.is_empty());
    }

    #[test]
    fn figures_come_through_exactly(figures in prop::array::uniform5(0_u64..=1 << 40)) {
        let [input, output, cache_read, cache_write_5m, cache_write_1h] = figures;
        let usage = json!({"input_tokens": input, "output_tokens": output, "cache_read_input_tokens": cache_read,
            "cache_creation_input_tokens": cache_write_5m + cache_write_1h,
            "cache_creation": {"ephemeral_5m_input_tokens": cache_write_5m, "ephemeral_1h_input_tokens": cache_write_1h}});
        let wanted = if cache_write_5m + cache_write_1h > 1 << 40 {
            (Read::Broken, vec![])
        } else {
            (Read::Counted, vec![Tokens { input, output, cache_read, cache_write_5m, cache_write_1h }])
        };
        let (read_as, kept) = read(&bytes(&with("/message/usage", usage)));
        prop_assert_eq!((read_as, kept.iter().map(|entry| entry.tokens).collect::<Vec<_>>()), wanted);
    }
}
