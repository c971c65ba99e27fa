//! Reads an answer strictly: one line of JSON that its own schema describes, field by field.
//! A field that the schema does not name is a fault here, so that the printed schema stays whole.

use std::collections::HashMap;
use std::rc::Rc;

use jsonschema::Validator;
use serde_json::Value;

use super::{Call, Done, Sandbox, binary};

thread_local! {
    static SCHEMAS: std::cell::RefCell<HashMap<String, Rc<Validator>>> = std::cell::RefCell::default();
}

impl Done {
    /// Returns the whole answer after holding it against `wfo-helper schema NAME`, whatever the exit status.
    pub(crate) fn answer(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "not one line: {self:?}");
        let answer = self.json();
        let name = answer["schema"].as_str().and_then(|id| id.strip_prefix("wfo.")?.strip_suffix("/1"));
        let name = name.unwrap_or_else(|| panic!("no schema id: {self:?}"));
        let faults: Vec<String> =
            schema(name).iter_errors(&answer).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}\n{answer:#}");
        assert_eq!(answer["ok"], answer["schema"] != "wfo.error/1", "{answer:#}");
        answer
    }

    /// Returns `data` of an answer that ended with exit 0.
    pub(crate) fn data(&self) -> Value {
        assert_eq!(self.status, Some(0), "{self:?}");
        let mut answer = self.answer();
        assert_eq!(answer["ok"], true, "{answer:#}");
        answer["data"].take()
    }

    /// Returns exit status and code of the one problem that ended the command.
    pub(crate) fn failure(&self) -> (i32, String) {
        let answer = self.answer();
        assert_eq!(answer["schema"], "wfo.error/1", "{answer:#}");
        assert!(answer["data"].is_null(), "{answer:#}");
        let [problem, rest @ ..] = answer["diagnostics"].as_array().expect("diagnostics").as_slice() else {
            panic!("no problem: {answer:#}")
        };
        // What was put right before is told behind the one problem.
        assert!(rest.iter().all(|note| note["code"] == "worktree.repaired"), "not one problem: {answer:#}");
        assert_eq!(problem["severity"], "error");
        assert!(problem["hint"].is_string(), "an error without a hint: {problem:#}");
        (self.status.expect("a status"), problem["code"].as_str().expect("a code").to_owned())
    }

    /// Returns the codes of the diagnostics, without the warning that the clock stands still.
    pub(crate) fn codes(&self) -> Vec<String> {
        let answer = self.answer();
        let codes = answer["diagnostics"].as_array().expect("diagnostics").iter();
        codes
            .filter_map(|note| note["code"].as_str())
            .filter(|code| *code != "clock.fixed")
            .map(str::to_owned)
            .collect()
    }
}

/// Returns the validator of a schema, with every object closed.
fn schema(name: &str) -> Rc<Validator> {
    SCHEMAS.with_borrow_mut(|known| {
        let made = || {
            let done = Call::new(binary()).args(["schema", name]).run(&Sandbox::new());
            assert_eq!(done.status, Some(0), "no schema for `{name}`: {done:?}");
            let mut schema = done.json();
            close(&mut schema);
            Rc::new(jsonschema::validator_for(&schema).expect("a schema that is one"))
        };
        Rc::clone(known.entry(name.to_owned()).or_insert_with(made))
    })
}

/// Forbids keys that a schema with `properties` does not name.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("properties") && !map.contains_key("additionalProperties") {
                map.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            map.values_mut().for_each(close);
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}
