//! Planning and specification documents: made from answers, a brief and what is known of the project; and filled in where a person left
//! a question open. Whatever an answer holds, it stays text. Pages in, pages out: never touches a file.

mod answers;
mod belongs;
mod brief;
mod carry;
mod fill;
mod line;
mod order;
mod page;
mod slices;
mod work;

#[cfg(test)]
mod tests;

pub use answers::{ANSWERS_LIMIT, Answers};
pub use brief::of_brief;
pub use carry::Planning;
pub use fill::{Filled, fill};
pub(crate) use line::read as read_line;
pub use page::{Known, asked, compose, template_of};
pub use slices::epic_circle;
pub use work::tasks;
