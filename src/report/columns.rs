//! Tables that fit the terminal: texts are broken between words, columns that matter least are left out, which is said, and
//! where that does not do, each row becomes a block of lines. Nothing is lost silently, and no word is broken.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, presets};

use super::fitting::{hanging, width, wrapped};

/// A text is broken into lines of no fewer characters than this, so that it can be read.
const NARROWEST: usize = 18;

/// What a column takes beside its content: a border and a space on each side.
const AROUND: usize = 3;

/// A colour of the terminal's own theme, readable on its background, and with its blue told from plain text by people with
/// any colour vision. Bold type says the same.
const MARKED: Color = Color::Cyan;

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    header: Cow<'static, str>,
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
    pub fn text(
        header: impl Into<Cow<'static, str>>,
        dispensable: u8,
        cells: impl IntoIterator<Item = String>,
    ) -> Column {
        Column { header: header.into(), cells: cells.into_iter().collect(), kind: Kind::Text, dispensable }
    }

    /// A column of numbers.
    pub fn number(
        header: impl Into<Cow<'static, str>>,
        dispensable: u8,
        cells: impl IntoIterator<Item = String>,
    ) -> Column {
        Column { kind: Kind::Number, ..Column::text(header, dispensable, cells) }
    }

    /// A column of addresses.
    pub fn link(
        header: impl Into<Cow<'static, str>>,
        dispensable: u8,
        cells: impl IntoIterator<Item = String>,
    ) -> Column {
        Column { kind: Kind::Link, ..Column::text(header, dispensable, cells) }
    }

    fn is_empty(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }

    /// The most of some measure of the lines of the header and of all cells.
    fn most(&self, measure: impl Fn(&str) -> usize) -> usize {
        let cells = self.cells.iter().map(String::as_str).chain([self.header.as_ref()]);
        cells.flat_map(str::lines).map(measure).max().unwrap_or(0)
    }

    /// The room that it would take in one piece.
    fn widest(&self) -> usize {
        self.most(|line| line.chars().count())
    }

    /// The least room that it needs, so that no word is broken.
    fn least(&self) -> usize {
        self.least_by(longest_word)
    }

    /// The least room that it needs where long words are broken at their punctuation.
    fn least_of_parts(&self) -> usize {
        self.least_by(longest_part)
    }

    fn least_by(&self, longest: fn(&str) -> usize) -> usize {
        let widest = self.widest();
        if self.kind != Kind::Text {
            return widest;
        }
        self.most(longest).max(NARROWEST).min(widest)
    }
}

/// A table in the style of all tables of karat.
#[derive(Clone, Debug, Default)]
pub struct TextTable {
    columns: Vec<Column>,
    rows: usize,
    marked: Vec<usize>,
    /// What shows the columns that have no room.
    elsewhere: Option<&'static str>,
}

impl TextTable {
    /// A table of these columns. Columns that may be left out and are empty are not shown.
    pub fn new(columns: Vec<Column>) -> TextTable {
        let rows = columns.iter().map(|column| column.cells.len()).max().unwrap_or(0);
        TextTable { columns, rows, ..TextTable::default() }
    }

    /// A table of texts without rows yet.
    pub fn with_header<T: Display>(header: impl IntoIterator<Item = T>) -> TextTable {
        let column = |header: T| Column::text(header.to_string(), 0, []);
        TextTable { columns: header.into_iter().map(column).collect(), ..TextTable::default() }
    }

    /// Adds a row.
    pub fn add_row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let mut cells = cells.into_iter();
        for column in &mut self.columns {
            column.cells.push(cells.next().map(Into::into).unwrap_or_default());
        }
        self.rows += 1;
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Columns of numbers, which stand at the right and are never broken.
    pub fn numbers(&mut self, columns: impl IntoIterator<Item = usize>) {
        for index in columns {
            if let Some(column) = self.columns.get_mut(index) {
                column.kind = Kind::Number;
            }
        }
    }

    /// Columns that are left out where there is no room: those of a higher number first.
    pub fn dispensable(&mut self, dispensable: u8, columns: impl IntoIterator<Item = usize>) {
        for index in columns {
            if let Some(column) = self.columns.get_mut(index) {
                column.dispensable = dispensable;
            }
        }
    }

    /// What shows the columns that have no room here, as in `--format json`.
    #[must_use]
    pub fn elsewhere(self, elsewhere: &'static str) -> TextTable {
        TextTable { elsewhere: Some(elsewhere), ..self }
    }

    /// Rows that stand out where there are colours.
    #[must_use]
    pub fn marked(self, rows: Vec<usize>) -> TextTable {
        TextTable { marked: rows, ..self }
    }

    /// The table for this width, or as wide as it is, without a line's end behind it: what is in it, and behind it what was
    /// left out.
    pub fn text(&self, width: Option<u16>) -> String {
        let width = width.map_or(usize::MAX, usize::from);
        let is_shown = |column: &&Column| column.dispensable == 0 || !column.is_empty();
        let mut columns: Vec<&Column> = self.columns.iter().filter(is_shown).collect();
        let all = columns.clone();
        while needed(&columns, Column::least) > width {
            let most = columns.iter().map(|column| column.dispensable).max().unwrap_or(0);
            let Some(index) = columns.iter().rposition(|column| column.dispensable == most && most > 0)
            else {
                break;
            };
            columns.remove(index);
        }
        if needed(&columns, Column::least_of_parts) > width {
            return self.blocks(width);
        }
        let mut text = self.drawn(&columns, width);
        let is_left_out = |column: &&Column| !columns.iter().any(|shown| std::ptr::eq(*shown, *column));
        let names = all.iter().enumerate().filter(|(_, column)| is_left_out(column));
        let left_out: Vec<String> = names.map(|(index, _)| name_among(&all, index)).collect();
        if !left_out.is_empty() {
            let how = self.elsewhere.map(|elsewhere| format!(" or {elsewhere}")).unwrap_or_default();
            let said = format!(
                "Left out, having no room in this terminal (a wider one{how} shows {}): {}.",
                if left_out.len() == 1 { "it" } else { "them" },
                left_out.join(", ")
            );
            text.push('\n');
            text.push_str(&wrapped(&said, width));
        }
        text
    }

    fn drawn(&self, columns: &[&Column], width: usize) -> String {
        let least =
            if needed(columns, Column::least) > width { Column::least_of_parts } else { Column::least };
        let widths = widths(columns, width, least);
        let mut table = comfy_table::Table::new();
        table.load_preset(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Disabled);
        if columns.iter().any(|column| !column.header.is_empty()) {
            table.set_header(
                columns.iter().zip(&widths).map(|(column, width)| broken(&column.header, *width)),
            );
        }
        for row in 0..self.rows {
            let is_marked = self.marked.contains(&row);
            table.add_row(columns.iter().zip(&widths).map(|(column, width)| {
                let text = column.cells.get(row).map_or("", String::as_str);
                let cell =
                    Cell::new(if column.kind == Kind::Text { broken(text, *width) } else { text.into() });
                if is_marked { cell.fg(MARKED).add_attribute(Attribute::Bold) } else { cell }
            }));
        }
        for (index, column) in columns.iter().enumerate() {
            if column.kind == Kind::Number
                && let Some(drawn) = table.column_mut(index)
            {
                drawn.set_cell_alignment(CellAlignment::Right);
            }
        }
        if self.marked.is_empty() {
            table.force_no_tty()
        } else {
            table.enforce_styling()
        };
        table.to_string()
    }

    /// A block of lines for each row, each line a column's name and content, and an empty line behind the last.
    fn blocks(&self, width: usize) -> String {
        let shown = || self.columns.iter().filter(|column| !column.is_empty());
        let (titles, fields): (Vec<&Column>, Vec<&Column>) =
            shown().partition(|column| column.header.is_empty());
        let label = fields.iter().map(|column| column.header.chars().count()).max().unwrap_or(0);
        let mut out = String::new();
        for row in 0..self.rows {
            if row > 0 {
                out.push('\n');
            }
            let cell = |column: &Column| column.cells.get(row).cloned().unwrap_or_default();
            let title: Vec<String> =
                titles.iter().map(|column| cell(column)).filter(|text| !text.is_empty()).collect();
            if !title.is_empty() {
                let _ = writeln!(out, "{}", wrapped(&title.join(" "), width));
            }
            let indent = if titles.is_empty() { "" } else { "  " };
            for column in &fields {
                let text = cell(column);
                if !text.is_empty() {
                    let mut before = format!("{indent}{:<label$}  ", column.header);
                    let mut behind = indent.len() + label + 2;
                    if behind + longest_word(&text) > width {
                        behind = indent.len() + 2;
                        before = format!("{}\n{}", before.trim_end(), " ".repeat(behind));
                    }
                    let text = broken(&text, width.saturating_sub(behind));
                    let _ =
                        writeln!(out, "{before}{}", text.replace('\n', &format!("\n{}", " ".repeat(behind))));
                }
            }
        }
        out
    }
}

impl Display for TextTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text(width()))
    }
}

/// What a column is called where it is not seen: of several of one name, such as intervals, also what it stands behind.
fn name_among(columns: &[&Column], index: usize) -> String {
    let name = columns[index].header.as_ref();
    let is_same = |column: &&&Column| column.header == name;
    let before = columns[..index].iter().rev().find(|column| !is_same(column));
    match before {
        Some(before) if columns.iter().filter(is_same).count() > 1 => format!("{name} of {}", before.header),
        _ if name.contains(',') => format!("\"{name}\""),
        _ => name.to_owned(),
    }
}

/// The parts of a word behind which it may be broken, if it has to be: `Qwen2.5-`, `Coder-`, `7B`.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split_inclusive(['-', '_', '/', ',', ':'])
}

fn longest_part(text: &str) -> usize {
    text.split([' ', '\n']).flat_map(parts).map(|part| part.chars().count()).max().unwrap_or(0)
}

/// Lines of at most this width; words that are longer are broken at their punctuation.
fn broken(text: &str, width: usize) -> String {
    let words = text.split(' ').map(|word| {
        if longest_word(word) <= width {
            return word.to_owned();
        }
        let (mut out, mut column) = (String::new(), 0);
        for part in parts(word) {
            let length = part.chars().count();
            if column > 0 && column + length > width {
                out.push('\n');
                column = 0;
            }
            out.push_str(part);
            column += length;
        }
        out
    });
    hanging(&words.collect::<Vec<_>>().join(" "), width, 0)
}

fn longest_word(text: &str) -> usize {
    text.split([' ', '\n']).map(|word| word.chars().count()).max().unwrap_or(0)
}

/// The width of a table whose columns have the least room.
fn needed(columns: &[&Column], least: fn(&Column) -> usize) -> usize {
    columns.iter().map(|column| least(column) + AROUND).sum::<usize>().saturating_add(1)
}

/// How wide the content of each column is drawn: texts share what the others leave, none getting more than it needs.
fn widths(columns: &[&Column], width: usize, least: fn(&Column) -> usize) -> Vec<usize> {
    let at = |most: usize| -> Vec<usize> {
        let of = |column: &&Column| column.widest().min(least(column).max(most));
        columns.iter().map(of).collect()
    };
    let room = width.saturating_sub(1 + AROUND * columns.len());
    let widest = columns.iter().map(|column| column.widest()).max().unwrap_or(0);
    (0..=widest).rev().map(at).find(|widths| widths.iter().sum::<usize>() <= room).unwrap_or_else(|| at(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> TextTable {
        let cells = |text: &str| vec![text.repeat(3); 2];
        TextTable::new(vec![
            Column::text("set", 0, cells("a set's name ")),
            Column::number("tests", 1, cells("12")),
            Column::text("kinds", 2, cells("assertions, ")),
            Column::text("nothing", 3, vec![String::new(); 2]),
        ])
    }

    #[test]
    fn what_matters_least_is_left_out_first_and_said() {
        let text = table().text(None);
        assert!(text.contains("kinds") && !text.contains("nothing") && !text.contains("Left out"), "{text}");
        let text = table().elsewhere("--format json").text(Some(35));
        assert!(text.contains("tests") && !text.contains("assertions"), "{text}");
        let said = text.rsplit('┘').next().unwrap().replace('\n', " ");
        assert_eq!(
            said,
            " Left out, having no room in this terminal (a wider one or --format json shows it): kinds."
        );
        let text = table().text(Some(24));
        assert!(text.contains("(a\nwider one shows them):\ntests, kinds."), "{text}");
    }

    #[test]
    fn where_columns_do_not_do_rows_become_blocks() {
        assert_eq!(
            table().text(Some(20)),
            "set    a set's name\n       a set's name\n       a set's name\ntests  121212\nkinds  assertions,\n       \
             assertions,\n       assertions,"
                .repeat(2)
                .replace("assertions,set", "assertions,\n\nset")
                + "\n"
        );
        let mut titled = TextTable::with_header(["", "rank", "run"]);
        titled.add_row(["A", "1", "a-name-that-is-longer-than-all-of-it"]);
        assert_eq!(
            titled.text(Some(20)),
            "A\n  rank  1\n  run\n    a-name-that-is-\n    longer-than-all-\n    of-it\n"
        );
        let text = titled.text(Some(40));
        assert!(text.contains("┆ a-name-that-is-longer- │") && text.contains("┆ than-all-of-it "), "{text}");
    }

    #[test]
    fn no_table_is_wider_than_the_terminal_and_no_word_is_broken() {
        let words = ["one", "incomprehensibilities", "of", "a-name/with-parts.jsonl", "three"];
        let cells = |from: usize| (0..4).map(|row| words[(from + row) % 5..].join(" ")).collect::<Vec<_>>();
        for width in 30..120 {
            let columns = vec![
                Column::text("first", 0, cells(0)),
                Column::number("number", 1, (0..4).map(|row| row.to_string())),
                Column::text("second thing", 0, cells(2)),
            ];
            let text = TextTable::new(columns).text(Some(width));
            assert!(text.lines().all(|line| line.chars().count() <= usize::from(width)), "{width}\n{text}");
            let has_room = width >= 70;
            for word in words.iter().filter(|word| has_room || !word.contains('-')) {
                assert!(text.contains(word), "{width}: {word}\n{text}");
            }
        }
    }
}
