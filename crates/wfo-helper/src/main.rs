//! wfo-helper
fn main() {}
