//! stub
mod edit;
mod span;
