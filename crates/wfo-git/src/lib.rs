//! The only crate that names gix or runs git; answers plain facts.
