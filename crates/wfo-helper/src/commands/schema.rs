//! `schema [NAME]`: the JSON Schema of a command's whole answer, made from the types that are serialised.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Problem, codes};

use super::Outcome;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::output::Printable;
use crate::render::{Paint, and_more, cut};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<Names>("schema"), SchemaEntry::of::<()>("error")];

/// Print the JSON Schema of a command's answer, or list the schemas
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command's words joined by `-`, such as start-day or stack-detect
    name: Option<String>,
}

/// The schemas there are.
#[derive(Debug, Serialize, JsonSchema)]
struct Names {
    /// Names for `wfo-helper schema NAME`, in the order of the commands.
    schemas: Vec<&'static str>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    schemas_more: Option<usize>,
}

impl View for Names {
    fn text(&self, _: Paint) -> String {
        let names: String = self.schemas.iter().map(|name| format!("{name}\n")).collect();
        names + &and_more(self.schemas_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.schemas, &mut self.schemas_more, limit);
    }
}

pub(super) fn run(args: Args, _: &Context) -> Result<Outcome, Problem> {
    let names = || super::schemas().map(|entry| entry.name).collect::<Vec<_>>();
    let Some(name) = args.name else {
        return Ok(Answer::new("wfo.schema/1", Names { schemas: names(), schemas_more: None }).into());
    };
    let bare = name.trim_start_matches("wfo.").trim_end_matches("/1");
    let entry = super::schemas().find(|entry| entry.name == bare).ok_or_else(|| {
        Problem::new(codes::SCHEMA_UNKNOWN, format!("there is no schema `{name}`"))
            .hint(format!("the schemas are: {}", names().join(", ")))
    })?;
    let mut schema = serde_json::Map::new();
    // The first line by which a later `--out` knows the file as ours.
    schema.insert("$comment".into(), format!("wfo.{}/1", entry.name).into());
    schema.extend((entry.make)().as_object().cloned().unwrap_or_default());
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|error| Problem::new(codes::BUG, format!("schema `{name}`: {error}")))?;
    Ok(Outcome::Raw(Printable::plain(text + "\n")))
}
