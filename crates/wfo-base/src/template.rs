//! Fills templates. Our own are trusted; a repository's is bounded in size, time and what it may call.

use std::sync::mpsc;
use std::time::Duration;

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult};

use crate::codes;
use crate::problem::Problem;

/// The most a repository's template may hold, and may write.
pub const FOREIGN_LIMIT: usize = 16 << 10;
/// How long a repository's template may take.
const FOREIGN_TIME: Duration = Duration::from_millis(300);

/// Fills one of our own templates.
///
/// # Errors
/// `template.invalid` with tera's own report of the place.
pub fn render(name: &str, template: &str, values: &impl Serialize) -> Result<String, Problem> {
    let mut tera = Tera::default();
    let context = Context::from_serialize(values).map_err(|error| invalid(name, &error))?;
    tera.add_raw_template(name, template).map_err(|error| invalid(name, &error))?;
    tera.render(name, &context).map_err(|error| invalid(name, &error))
}

/// Fills a template that a repository brings: at most [`FOREIGN_LIMIT`] bytes in and out, 300 ms, no tags that could
/// pile up text (`set`, components), and loops no longer than 1,000.
///
/// # Errors
/// `template.invalid`, or `template.limit` for one that wants too much.
pub fn render_foreign(name: &str, template: &str, values: &impl Serialize) -> Result<String, Problem> {
    if template.len() > FOREIGN_LIMIT {
        return Err(limit(name, &format!("has {} bytes; at most {FOREIGN_LIMIT} are taken", template.len())));
    }
    if let Some(tag) = forbidden_tag(template) {
        return Err(limit(name, &format!("uses `{tag}`, which a repository's template may not")));
    }
    let mut tera = Tera::default();
    bound(&mut tera);
    let context = Context::from_serialize(values).map_err(|error| invalid(name, &error))?;
    tera.add_raw_template(name, template).map_err(|error| invalid(name, &error))?;
    let (sender, receiver) = mpsc::channel();
    let template_name = name.to_owned();
    // Not a scoped thread: one that never ends must not hold the briefing; it dies with the process.
    std::thread::spawn(move || {
        let mut sink = Capped(Vec::new());
        let done = tera.render_to(&template_name, &context, &mut sink).map_err(|error| invalid(&template_name, &error));
        let _ = sender.send(done.map(|()| sink.0));
    });
    match receiver.recv_timeout(FOREIGN_TIME) {
        Ok(Ok(bytes)) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Ok(Err(problem)) => Err(problem),
        Err(_) => Err(limit(name, &format!("was not filled within {} ms", FOREIGN_TIME.as_millis()))),
    }
}

/// Finds a tag that could multiply text or define callable parts.
fn forbidden_tag(template: &str) -> Option<&'static str> {
    const TAGS: [&str; 6] = ["set", "set_global", "component", "macro", "include", "extends"];
    template.split("{%").skip(1).find_map(|rest| {
        let word = rest.trim_start_matches('-').trim_start();
        let word = word.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        TAGS.into_iter().find(|tag| *tag == word)
    })
}

/// Replaces the built-ins whose result can be far larger than what goes in.
fn bound(tera: &mut Tera) {
    tera.register_function("range", |kwargs: Kwargs, _: &State| -> TeraResult<Vec<i64>> {
        let start = kwargs.get::<i64>("start")?.unwrap_or(0);
        let end = kwargs.must_get::<i64>("end")?.min(start.saturating_add(1000));
        Ok((start..end).collect())
    });
    tera.register_filter("replace", |text: &str, kwargs: Kwargs, _: &State| -> TeraResult<String> {
        let (from, to) = (kwargs.must_get::<&str>("from")?, kwargs.must_get::<&str>("to")?);
        if text.len() + text.matches(from).count().saturating_mul(to.len()) > FOREIGN_LIMIT {
            return Err(tera::Error::message("the text grows too long"));
        }
        Ok(text.replace(from, to))
    });
    for name in ["indent", "join", "pluralize"] {
        tera.register_filter(name, |_: &str, _: Kwargs, _: &State| -> TeraResult<String> {
            Err(tera::Error::message("this filter is not there for a repository's template"))
        });
    }
}

/// A sink that refuses more than [`FOREIGN_LIMIT`] bytes.
struct Capped(Vec<u8>);

impl std::io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > FOREIGN_LIMIT {
            return Err(std::io::Error::other(format!("more than {FOREIGN_LIMIT} bytes of output")));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn invalid(name: &str, error: &tera::Error) -> Problem {
    Problem::new(codes::TEMPLATE_INVALID, format!("template `{name}` cannot be filled: {}", error.to_string().trim()))
        .hint(format!("correct `{name}`; `wfo-helper ref start-day` lists the values"))
        .in_file(name)
}

fn limit(name: &str, what: &str) -> Problem {
    Problem::new(codes::TEMPLATE_LIMIT, format!("template `{name}` {what}"))
        .hint(format!("make `{name}` smaller and simpler"))
        .in_file(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Values {
        name: &'static str,
        list: Vec<u32>,
    }

    fn values() -> Values {
        Values { name: "wfo", list: (0..1000).collect() }
    }

    #[test]
    fn values_go_into_the_template() {
        assert_eq!(render("t", "{{ name }}: {{ list[1] }}", &values()).unwrap(), "wfo: 1");
        assert_eq!(
            render_foreign("t", "{% for n in list %}{% if n < 3 %}{{ n }}{% endif %}{% endfor %}", &values()).unwrap(),
            "012"
        );
        assert_eq!(render_foreign("t", "{{ name | replace(from=\"w\", to=\"W\") }}", &values()).unwrap(), "Wfo");
    }

    #[test]
    fn a_broken_template_is_a_problem_with_its_place() {
        let problem = render_foreign(".wfo/templates/x", "{{ nothing.there }}", &values()).unwrap_err();
        assert_eq!(problem.code, codes::TEMPLATE_INVALID);
        assert_eq!(render("t", "{% if %}", &values()).unwrap_err().code, codes::TEMPLATE_INVALID);
    }

    #[test]
    fn a_hostile_template_is_stopped() {
        let long = "x".repeat(FOREIGN_LIMIT + 1);
        let deep = "{% for a in list %}{% for b in list %}{% for c in list %}{% for d in list %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}";
        let chain = format!("{{{{ \"a\"{} }}}}", " | replace(from=\"a\", to=\"aaaaaaaaaaaaaaaa\")".repeat(12));
        for text in [
            long.as_str(),
            deep,
            "{% for a in list %}{% for b in list %}{{ name }}{% endfor %}{% endfor %}",
            "{% set x = name %}",
            "{%- set x = name %}",
            chain.as_str(),
        ] {
            let problem = render_foreign("t", text, &values()).expect_err(&text[..text.len().min(60)]);
            assert!([codes::TEMPLATE_LIMIT, codes::TEMPLATE_INVALID].contains(&problem.code));
        }
        assert_eq!(render_foreign("t", "{% for a in range(end=99999999999) %}{% endfor %}", &values()).unwrap(), "");
    }
}
