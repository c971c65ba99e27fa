//! Tells top-level list items from the details below them.
//! Knows indentation only; a heading starts afresh.

/// The indents of the items that are open above the present one.
#[derive(Debug, Default)]
pub(crate) struct Nesting {
    open: Vec<usize>,
}

impl Nesting {
    /// Takes the next item; returns how many items it stands below. One blank more than its neighbour is no nesting.
    pub(crate) fn push(&mut self, indent: usize) -> usize {
        while self.open.last().is_some_and(|above| indent < above + 2) {
            self.open.pop();
        }
        let depth = self.open.len();
        self.open.push(indent);
        depth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_blanks_or_more_make_a_detail() {
        let mut nesting = Nesting::default();
        let depths: Vec<usize> = [2, 2, 3, 6, 4, 8, 2, 0].into_iter().map(|indent| nesting.push(indent)).collect();
        assert_eq!(depths, vec![0, 0, 0, 1, 0, 1, 0, 0]);
    }
}
