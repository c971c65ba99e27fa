//! Aligned Markdown tables.
//! A cell is one line, and no bar in it can open another column.

/// Writes a table: the first column to the left, the others to the right. Empty for no rows.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| cell.replace('|', "\\|")).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(heads.get(column).map(|head| head.chars().count())).max().unwrap_or(0).max(3)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let mut out = String::new();
    push(&mut out, &widths, heads.iter().copied());
    out.push('|');
    for (column, width) in widths.iter().enumerate() {
        let dashes = "-".repeat(width - 1);
        out.push_str(&if column == 0 { format!(" {dashes}- |") } else { format!(" {dashes}: |") });
    }
    out.push('\n');
    for row in &rows {
        push(&mut out, &widths, row.iter().map(String::as_str));
    }
    out.truncate(out.trim_end().len());
    out
}

fn push<'a>(out: &mut String, widths: &[usize], cells: impl Iterator<Item = &'a str>) {
    out.push('|');
    for (column, (cell, width)) in cells.zip(widths).enumerate() {
        let blanks = " ".repeat(width.saturating_sub(cell.chars().count()));
        out.push_str(&if column == 0 { format!(" {cell}{blanks} |") } else { format!(" {blanks}{cell} |") });
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_a_bar_stays_in_its_cell() {
        let rows = [vec!["`a|b`".to_owned(), "$1.00".to_owned()], vec!["äöü".to_owned(), "$1,234.50".to_owned()]];
        let text = "\
| Model  |      Cost |
| ------ | --------: |
| `a\\|b` |     $1.00 |
| äöü    | $1,234.50 |";
        assert_eq!(table(&["Model", "Cost"], &rows), text);
        assert_eq!(table(&["Model"], &[]), "");
    }
}
