//! `schema [NAME]`: the JSON Schema of a command's whole answer, made from the types that are serialised.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Problem, codes};

use super::Outcome;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::output::Printable;
use crate::render::Paint;

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
}

impl View for Names {
    fn text(&self, _: Paint) -> String {
        self.schemas.join("\n")
    }
}

pub(super) fn run(args: Args, _: &Context) -> Result<Outcome, Problem> {
    let names = || super::schemas().map(|entry| entry.name).collect::<Vec<_>>();
    let Some(name) = args.name else {
        return Ok(Answer::new("wfo.schema/1", Names { schemas: names() }).into());
    };
    let bare = name.trim_start_matches("wfo.").trim_end_matches("/1");
    let entry = super::schemas().find(|entry| entry.name == bare).ok_or_else(|| {
        Problem::new(codes::SCHEMA_UNKNOWN, format!("there is no schema `{name}`"))
            .hint(format!("the schemas are: {}", names().join(", ")))
    })?;
    let text = serde_json::to_string_pretty(&(entry.make)())
        .map_err(|error| Problem::new(codes::BUG, format!("schema `{name}`: {error}")))?;
    Ok(Outcome::Raw(Printable::plain(text + "\n")))
}
