//! `port take|list|free`: leases of ports for branches, of all projects in one registry.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Problem, text};
use wfo_day::worktree::{Lease, Site, Take, free, leases, take};

use super::Outcome;
use super::consent::Yes;
use super::worktree::Call;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::render::proposal::ProposalView;
use crate::render::worktree::{ListenerView, PortsView, clean, ports};
use crate::render::{Paint, Table, and_more, cut};

pub(super) const SCHEMAS: &[SchemaEntry] = &[
    SchemaEntry::of::<Taken>("port-take"),
    SchemaEntry::of::<Listed>("port-list"),
    SchemaEntry::of::<Freed>("port-free"),
];

/// Lease ports for a branch, so that no two projects use the same
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Lease ports; the same branch gets the same lease again
    ///
    /// The lowest pair that no project has leased and that can really be bound. When there is none, the exit status is 22 and the
    /// hint names leases whose worktree is gone.
    Take(TakeArgs),
    /// List the leases of all projects, and who listens on them
    List,
    /// Give a lease back (a proposal first where its worktree is there)
    Free {
        /// The branch that holds them
        #[arg(long = "for", value_name = "BRANCH")]
        branch: String,
        #[command(flatten)]
        yes: Yes,
    },
}

#[derive(Debug, clap::Args)]
struct TakeArgs {
    /// The branch that they are for
    #[arg(long = "for", value_name = "BRANCH")]
    branch: String,
    /// How many ports; above 1 an odd number is rounded up to pairs
    #[arg(long, value_name = "N", default_value_t = 2)]
    count: u16,
    /// Take them from this range [default: the pool]
    #[arg(long, value_name = "FIRST-LAST")]
    pool: Option<String>,
    /// Write them into an env file of the work tree, changing only their lines
    #[arg(long, value_name = "FILE")]
    env: Option<PathBuf>,
    /// A variable, once for each port, in their order [default: the setting `port.names`, or PORT]
    #[arg(long = "name", value_name = "NAME", requires = "env")]
    names: Vec<String>,
}

/// A lease that was taken, or was there.
#[derive(Debug, Serialize, JsonSchema)]
struct Taken {
    /// Whether something was written.
    applied: bool,
    /// The lease.
    lease: LeaseView,
    /// Whether this call made it.
    new: bool,
    /// The env file that holds the ports now.
    #[serde(skip_serializing_if = "Option::is_none")]
    env: Option<EnvView>,
}

/// One lease.
#[derive(Debug, Serialize, JsonSchema)]
struct LeaseView {
    /// The project's name.
    project: String,
    /// The project's main checkout.
    repo: String,
    /// The branch.
    branch: String,
    /// Its ports, ascending.
    ports: Vec<u16>,
    /// Since when; null when the registry does not say.
    since: Option<String>,
    /// Its worktree; null for a lease without one.
    worktree: Option<String>,
    /// Whether that worktree is gone.
    gone: bool,
}

impl LeaseView {
    fn new(lease: &Lease, call: &Call<'_>) -> Self {
        Self {
            project: clean(&lease.project),
            repo: lease.repo.to_string_lossy().into_owned(),
            branch: clean(&lease.branch),
            ports: lease.ports.clone(),
            since: lease.since.as_deref().map(clean),
            worktree: lease.worktree.as_deref().map(|path| call.shown(path)),
            gone: lease.gone,
        }
    }
}

/// An env file that was written.
#[derive(Debug, Serialize, JsonSchema)]
struct EnvView {
    /// The file.
    file: String,
    /// The variables with their ports.
    variables: Vec<VariableView>,
}

/// One variable.
#[derive(Debug, Serialize, JsonSchema)]
struct VariableView {
    /// Its name.
    name: String,
    /// Its value.
    port: u16,
}

impl View for Taken {
    fn text(&self, paint: Paint) -> String {
        let word = if self.new { "leased" } else { "holds" };
        let lease = &self.lease;
        let mut out = format!("{} {word} {}\n", paint.bold(&lease.branch), ports(&lease.ports));
        for variable in self.env.iter().flat_map(|env| &env.variables) {
            out += &format!("  {}={}\n", variable.name, variable.port);
        }
        out
    }
}

/// The leases of all projects, by first port.
#[derive(Debug, Serialize, JsonSchema)]
struct Listed {
    /// Each lease.
    leases: Vec<LeaseView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    leases_more: Option<usize>,
    /// Who listens on leased ports.
    listening: Vec<ListenerView>,
    /// The pool.
    pool: Option<PortsView>,
}

impl View for Listed {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        for lease in &self.leases {
            let busy = self.listening.iter().filter(|one| lease.ports.contains(&one.port));
            let busy: Vec<String> =
                busy.map(|one| format!("{} on {}", one.name.as_deref().unwrap_or("somebody"), one.port)).collect();
            let state = if lease.gone { paint.yellow("its worktree is gone") } else { busy.join(", ") };
            table.row([paint.bold(&ports(&lease.ports)), lease.project.clone(), lease.branch.clone(), state]);
        }
        let mut out = if table.is_empty() { "no ports are leased\n".to_owned() } else { table.lines(0) };
        out += &and_more(self.leases_more.unwrap_or(0));
        out
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.leases, &mut self.leases_more, limit);
    }
}

/// A lease that was given back, or is proposed to be.
#[derive(Debug, Serialize, JsonSchema)]
struct Freed {
    /// Whether it was given back.
    applied: bool,
    /// The lease.
    lease: LeaseView,
    /// What a person is asked: its worktree is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

impl View for Freed {
    fn text(&self, paint: Paint) -> String {
        let word = if self.applied { "gave back" } else { "would give back" };
        let line = format!("{} {word} {}\n", paint.bold(&self.lease.branch), ports(&self.lease.ports));
        line + &self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default()
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let call = Call::new(context);
    let doing = "looking at the ports";
    match args.verb {
        Verb::Take(args) => call.writes(doing, |site, notes| taken(&args, &call, site, notes)),
        Verb::List => call.reads(doing, |site, notes| listed(&call, site, notes)),
        Verb::Free { branch, yes } => call.writes(doing, |site, notes| freed(&branch, &yes, &call, site, notes)),
    }
}

fn taken(args: &TakeArgs, call: &Call<'_>, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let env = args.env.as_deref().map(|file| call.absolute(file));
    let ask = Take {
        branch: &args.branch,
        count: args.count,
        range: args.pool.as_deref().map(wfo_day::worktree::parse_range).transpose()?,
        env: env.as_deref(),
        names: &args.names,
        dry_run: call.dry_run(),
    };
    let lease = take(site, &ask, notes)?;
    let variables = |lease: &Lease| {
        lease.written.iter().map(|(name, port)| VariableView { name: name.clone(), port: *port }).collect::<Vec<_>>()
    };
    let view = Taken {
        applied: !ask.dry_run && (lease.new || env.is_some()),
        new: lease.new,
        env: env
            .as_deref()
            .filter(|_| !ask.dry_run)
            .map(|file| EnvView { file: call.shown(file), variables: variables(&lease) }),
        lease: LeaseView::new(&lease, call),
    };
    Ok(Answer::new("wfo.port-take/1", view).into())
}

fn listed(call: &Call<'_>, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let found = leases(site, notes)?;
    let view = Listed {
        leases: found.leases.iter().map(|lease| LeaseView::new(lease, call)).collect(),
        leases_more: None,
        listening: found.listening.iter().map(ListenerView::from).collect(),
        pool: found.pool.as_ref().map(PortsView::from),
    };
    Ok(Answer::new("wfo.port-list/1", view).into())
}

fn freed(
    branch: &str,
    yes: &Yes,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let freeing = free(site, branch)?;
    let desk = Desk::new(&call.context.home);
    let subject = freeing.subject(site);
    let mut view = Freed { applied: false, lease: LeaseView::new(&freeing.lease, call), proposal: None };
    let mut next = None;
    let may = if freeing.needs_person() {
        yes.given(call.context, site.place(), &desk, &subject)?
    } else {
        yes.must_be_absent(&desk, &subject.command)?;
        !call.dry_run()
    };
    if may {
        freeing.carry_out(site, notes)?;
        view.applied = true;
    } else if !call.dry_run() {
        let title = format!("take the ports {} from {branch}, whose worktree is there", ports(&freeing.lease.ports));
        let act =
            format!("free the ports {}; what runs in the worktree may still use them", ports(&freeing.lease.ports));
        let proposal = desk.propose(&subject, title, vec![act])?;
        next = Some(format!("wfo-helper port free --for {} --confirm {}", text::shell_word(branch), proposal.id));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.port-free/1", view).next(next).into())
}
