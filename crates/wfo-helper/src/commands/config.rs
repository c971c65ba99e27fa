//! `config show [KEY]`: each setting with its value and where the value comes from.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Problem, codes, config::Setting, tables::Origin};
use wfo_day::Place;

use super::Outcome;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::render::{Paint, Table, and_more, cut};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<Settings>("config-show")];

/// Show settings and where they come from
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show all settings, or one
    Show {
        /// A setting's dotted name, such as start_day.command
        key: Option<String>,
    },
}

/// Settings, sorted by name.
#[derive(Debug, Serialize, JsonSchema)]
struct Settings {
    /// The user's file.
    user_file: String,
    /// Each setting.
    settings: Vec<SettingView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    settings_more: Option<usize>,
}

/// One setting.
#[derive(Debug, Serialize, JsonSchema)]
struct SettingView {
    /// Dotted name.
    key: &'static str,
    /// The value in force; null when nothing sets it.
    value: Option<String>,
    /// built-in, user or repository.
    origin: &'static str,
    /// The file that sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// What it is for.
    about: &'static str,
}

impl From<&Setting> for SettingView {
    fn from(setting: &Setting) -> Self {
        Self {
            key: setting.key,
            value: setting.value.clone(),
            origin: origin_word(setting.origin),
            file: setting.file.clone(),
            about: setting.about,
        }
    }
}

/// Names a layer.
fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::BuiltIn => "built-in",
        Origin::Team => "team",
        Origin::User => "user",
        Origin::Repository => "repository",
    }
}

impl View for Settings {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        for setting in &self.settings {
            let value = setting.value.as_deref().map_or("-".into(), wfo_base::text::one_line);
            table.row([
                setting.key.to_owned(),
                value.into_owned(),
                setting.origin.to_owned(),
                paint.dim(setting.about),
            ]);
        }
        table.lines(0) + &and_more(self.settings_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.settings, &mut self.settings_more, limit);
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let Verb::Show { key } = args.verb;
    let place = Place::find(&context.folder, &context.home);
    let config = place.config(&context.home);
    let chosen: Vec<&Setting> = match &key {
        None => config.settings().iter().collect(),
        Some(name) => vec![config.setting(name).ok_or_else(|| {
            let names: Vec<_> = config.settings().iter().map(|setting| setting.key).collect();
            Problem::new(codes::CONFIG_KEY_UNKNOWN, format!("there is no setting `{name}`"))
                .hint(format!("the settings are: {}", names.join(", ")))
        })?],
    };
    let view = Settings {
        user_file: context.home.wfo("config.yaml").display().to_string(),
        settings: chosen.into_iter().map(SettingView::from).collect(),
        settings_more: None,
    };
    Ok(Answer::new("wfo.config-show/1", view).noting(config.notes).noting(place.notes).into())
}
