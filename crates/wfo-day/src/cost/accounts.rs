//! What every command of the cost domain begins with: prices, the repository as folders are put down to it, the zone.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use wfo_base::config::Config;
use wfo_base::home::Home;
use wfo_base::tables::Layers;
use wfo_base::{Clock, Diagnostic};
use wfo_cost::prices::PriceBook;
use wfo_cost::report::Tasks;

use super::book::{Here, zone_name};
use crate::{place::Place, tables};

/// One call's view of the money.
#[derive(Debug)]
pub struct Accounts<'a> {
    /// Where.
    pub place: &'a Place,
    /// Whose.
    pub home: &'a Home,
    /// When.
    pub clock: &'a Clock,
    /// Prices in force.
    pub prices: PriceBook,
    /// The repository.
    pub here: Here,
    /// Tables in force.
    pub layers: Layers,
    /// The zone that days are counted in.
    pub zone: TimeZone,
    /// Its name.
    pub zone_name: String,
    /// Whether the repository's ledger is for git.
    pub shared: bool,
    /// Whether nothing may be written.
    pub dry_run: bool,
}

impl<'a> Accounts<'a> {
    /// Reads settings and prices.
    #[must_use]
    pub fn open(
        place: &'a Place,
        home: &'a Home,
        clock: &'a Clock,
        dry_run: bool,
        notes: &mut Vec<Diagnostic>,
    ) -> Self {
        let config = place.config(home);
        notes.extend(config.notes.iter().cloned());
        Self { dry_run, ..Self::with(place, home, clock, &config, notes) }
    }

    /// As [`Accounts::open`], with settings that were read already.
    #[must_use]
    pub fn with(
        place: &'a Place,
        home: &'a Home,
        clock: &'a Clock,
        config: &Config,
        notes: &mut Vec<Diagnostic>,
    ) -> Self {
        let layers = config.layers(home, place.settings_root());
        let rows = tables::PRICES.load(&layers).drain_into(notes);
        let prices = PriceBook::new(rows).drain_into(notes);
        let zone = clock.now().time_zone().clone();
        let zone_name = zone_name(&zone);
        let here = here(place, config);
        Self {
            place,
            home,
            clock,
            prices,
            here,
            layers,
            zone,
            zone_name,
            shared: config.flag("costs.shared"),
            dry_run: false,
        }
    }
}

impl Accounts<'_> {
    /// Returns which skill and which agent does which type of task, by the catalogue of agents.
    pub fn tasks(&self, notes: &mut Vec<Diagnostic>) -> Tasks {
        let rows = tables::AGENTS.load(&self.layers).drain_into(notes);
        let (mut skills, mut agents) = (Vec::new(), Vec::new());
        for (row, _) in rows {
            let Some(task) = row.task_types.first() else { continue };
            let list = if row.kind == wfo_agent::AgentKind::Skill { &mut skills } else { &mut agents };
            let bare = row.id.rsplit_once(':').map(|(_, bare)| bare.to_owned());
            let names = std::iter::once(row.id).chain(bare).chain(row.aliases);
            list.extend(names.map(|name| (name, task.as_str().to_owned())));
        }
        Tasks::new(skills, agents)
    }
}

/// Describes the repository; outside one, the folder itself.
fn here(place: &Place, config: &Config) -> Here {
    let mut roots = vec![place.main_root().to_owned()];
    if let Ok(real) = std::fs::canonicalize(place.main_root())
        && !roots.contains(&real)
    {
        roots.push(real);
    }
    let home = std::env::home_dir();
    let below_home = |rest: &str| home.as_ref().map(|home| home.join(rest));
    let named = config.text("worktree.root").map(|root| match root.strip_prefix("~/") {
        Some(rest) => below_home(rest).unwrap_or_default(),
        None => PathBuf::from(root),
    });
    let usual = below_home("tmp/worktrees");
    let worktrees = [named, usual].into_iter().flatten().map(|root| root.join(place.name())).collect();
    Here { name: place.name(), roots, worktrees, slugs: slugs(place) }
}

/// Lists the slugs of the TODO workflows, those that were archived too.
fn slugs(place: &Place) -> Vec<String> {
    let root = place.shared_root();
    let folders = [root.to_owned(), root.join("ARCHIVED")];
    let names = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut slugs: Vec<String> =
        names.take(10_000).filter_map(|entry| Some(wfo_todo::todo_name(entry.file_name().to_str()?)?.slug)).collect();
    slugs.sort();
    slugs.dedup();
    slugs
}
