//! The built-in price table for tests, of which a test may change or leave out rows.

use wfo_base::tables::{FromRepository, Table, built_in};

use crate::prices::{PriceBook, PriceRow};
use crate::route::models::{ModelFacts, Models};

/// The rows, and the book that knows their names.
pub(super) struct Book(pub(super) Vec<ModelFacts>, PriceBook);

impl Book {
    pub(super) fn real() -> Self {
        let table =
            Table::<PriceRow> { name: "prices", built_in: built_in::PRICES, from_repository: FromRepository::Free };
        let book = PriceBook::new(table.built_in().value).value;
        let rows = book.at("2026-11-21T09:00:00Z".parse().unwrap()).all();
        Self(rows, book)
    }

    /// Knows every name and has no row.
    pub(super) fn empty() -> Self {
        Self(Vec::new(), Self::real().1)
    }

    /// Changes one row.
    pub(super) fn with(mut self, id: &str, change: impl Fn(&mut ModelFacts)) -> Self {
        let row = self.0.iter_mut().find(|row| row.id == id).unwrap();
        change(row);
        self
    }

    /// Leaves one row out.
    pub(super) fn without(mut self, id: &str) -> Self {
        self.0.retain(|row| row.id != id);
        self
    }
}

impl Models for Book {
    fn get(&self, name: &str) -> Option<ModelFacts> {
        let id = &self.1.find(name)?.id;
        self.0.iter().find(|row| row.id == *id).cloned()
    }

    fn all(&self) -> Vec<ModelFacts> {
        self.0.clone()
    }
}
