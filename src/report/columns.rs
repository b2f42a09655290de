//! Tables with more columns than a narrow terminal has room for: what matters least is left out, and that is said.

use comfy_table::Table;

use super::terminal::{align_right, keep_whole, table};

/// A text is broken into lines of no fewer characters than this, so that it can be read.
const NARROWEST: usize = 18;

/// What a column takes beside its content: a border and a space on each side.
const AROUND: usize = 3;

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    header: &'static str,
    cells: Vec<String>,
    /// How its content stands.
    kind: Kind,
    /// Columns of a higher number are left out before those of a lower one; those of 0 stay.
    dispensable: u8,
}

/// How the content of a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// At the left, broken into lines where that is needed.
    Text,
    /// At the left, in one piece.
    Link,
    /// At the right, in one piece.
    Number,
}

impl Column {
    /// A column of texts.
    pub fn text(header: &'static str, dispensable: u8, cells: impl IntoIterator<Item = String>) -> Column {
        Column { header, cells: cells.into_iter().collect(), kind: Kind::Text, dispensable }
    }

    /// A column of numbers.
    pub fn number(header: &'static str, dispensable: u8, cells: impl IntoIterator<Item = String>) -> Column {
        Column { kind: Kind::Number, ..Column::text(header, dispensable, cells) }
    }

    /// A column of addresses.
    pub fn link(header: &'static str, dispensable: u8, cells: impl IntoIterator<Item = String>) -> Column {
        Column { kind: Kind::Link, ..Column::text(header, dispensable, cells) }
    }

    /// The least room that it needs.
    fn least(&self) -> usize {
        let cells = self.cells.iter().map(|cell| cell.chars().count());
        let widest = cells.max().unwrap_or(0).max(self.header.chars().count());
        AROUND + if self.kind == Kind::Text { widest.min(NARROWEST) } else { widest }
    }
}

/// The table of those columns that fit the width, and what is said of the others, if there are any. Empty columns are
/// left out silently.
pub fn fitted(mut columns: Vec<Column>, width: Option<u16>) -> (Table, Option<String>) {
    columns.retain(|column| column.dispensable == 0 || column.cells.iter().any(|cell| !cell.is_empty()));
    let mut left_out = Vec::new();
    while let Some(width) = width {
        let needed = 1 + columns.iter().map(Column::least).sum::<usize>();
        let most = columns.iter().map(|column| column.dispensable).max().unwrap_or(0);
        if needed <= usize::from(width) || most == 0 {
            break;
        }
        if let Some(index) = columns.iter().rposition(|column| column.dispensable == most) {
            left_out.push(columns.remove(index).header);
        }
    }
    let mut fitted = table(columns.iter().map(|column| column.header).collect());
    let rows = columns.iter().map(|column| column.cells.len()).max().unwrap_or(0);
    for row in 0..rows {
        fitted.add_row(columns.iter().map(|column| column.cells.get(row).map_or("", String::as_str)));
    }
    for (index, _) in columns.iter().enumerate().filter(|(_, column)| column.kind != Kind::Text) {
        keep_whole(&mut fitted, index);
        if columns[index].kind == Kind::Number {
            align_right(&mut fitted, index..index + 1);
        }
    }
    left_out.reverse();
    let said = (!left_out.is_empty())
        .then(|| format!("Left out, having no room in this terminal: {}.", left_out.join(", ")));
    (fitted, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column> {
        let cells = |text: &str| vec![text.repeat(3); 2];
        vec![
            Column::text("set", 0, cells("a set's name ")),
            Column::number("tests", 1, cells("12")),
            Column::text("kinds", 2, cells("assertions, ")),
            Column::text("nothing", 3, vec![String::new(); 2]),
        ]
    }

    #[test]
    fn what_matters_least_is_left_out_first() {
        let (table, said) = fitted(columns(), None);
        assert!(table.to_string().contains("kinds") && !table.to_string().contains("nothing"));
        assert_eq!(said, None);
        let (table, said) = fitted(columns(), Some(35));
        assert!(!table.to_string().contains("kinds") && table.to_string().contains("tests"));
        assert_eq!(said.as_deref(), Some("Left out, having no room in this terminal: kinds."));
        let (table, said) = fitted(columns(), Some(10));
        assert!(table.to_string().contains("set") && !table.to_string().contains("tests"));
        assert!(said.unwrap().ends_with("terminal: tests, kinds."));
    }
}
