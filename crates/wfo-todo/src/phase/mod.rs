//! Where a workflow really stands: the first step that reality does not prove done, with the evidence for each step, and how the
//! record differs. Facts in, values out; it never asks git, and never takes the record for the truth.

pub mod derive;
mod drift;
pub mod facts;
pub mod fill;
pub mod limits;
pub mod path;
pub(crate) mod patterns;
mod phrases;
pub mod proof;
mod prove;
pub mod step;

pub use derive::{Derived, Evidence, derive};
pub use drift::{Drift, Record};
pub use facts::{Fact, Facts};
pub use fill::{Fill, judge};
pub use limits::{Level as ContextLevel, LimitRow, level_of};
pub use path::{Path, PathRow, Scope, path};
pub use proof::{Document, Proof, Proven, Where};
pub use step::{StepId, StepRow, Steps, keeps_step};
