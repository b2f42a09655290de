//! What `karat problems verify --mutants` found, as tables.

use std::io::{self, Write};

use crate::evaluate::verify::{MutantsOfLevel, MutantsOfProblem, SetMutants};
use crate::judge::mutation_score::Weakness;
use crate::problem::TaskId;
use crate::report::columns::TextTable;
use crate::report::printable;

/// Longer inputs are cut in tables; JSON has them whole.
const LONGEST_INPUT: usize = 100;

/// Writes the mutation scores of a set for people.
pub(super) fn print(mutants: &SetMutants, out: &mut impl Write) -> io::Result<()> {
    let mut table = TextTable::with_header(vec!["problem", "mutants", "equivalent", "caught", "score"]);
    for MutantsOfProblem { task_id, found, .. } in &mutants.problems {
        table.add_row(cells(
            &printable(task_id.as_str()),
            [found.mutants, found.equivalent, found.caught],
            found.score(),
        ));
    }
    if mutants.levels.len() > 1 {
        for level in &mutants.levels {
            table.add_row(cells_of(level, level.difficulty.as_deref().unwrap_or("without difficulty")));
        }
    }
    table.add_row(cells_of(&mutants.all(), "all"));
    table.numbers(1..5);
    writeln!(out, "{table}")?;
    print_weaknesses(mutants, out)?;
    if mutants.weak.is_empty() {
        return writeln!(
            out,
            "No problem's tests catch fewer than 95 % of the mutants that change something."
        );
    }
    let weak: Vec<String> = mutants.weak.iter().map(TaskId::to_string).collect();
    writeln!(
        out,
        "Below 95 %: {}. In Karat's own format, `karat harden` looks for tests that catch more.",
        weak.join(", ")
    )
}

fn print_weaknesses(mutants: &SetMutants, out: &mut impl Write) -> io::Result<()> {
    let mut table = TextTable::with_header(vec!["problem", "mutant that passes", "input that tells"]);
    for MutantsOfProblem { task_id, found, .. } in &mutants.problems {
        let task_id = task_id.to_string();
        for Weakness { mutant, input } in &found.weaknesses {
            table.add_row([task_id.clone(), printable(&mutant.describe()), cut(input)]);
        }
        for mutant in &found.undecided {
            let reason = format!("not known: {}", found.reason.as_deref().unwrap_or_default());
            table.add_row([task_id.clone(), printable(&mutant.describe()), printable(&reason)]);
        }
    }
    if table.is_empty() { Ok(()) } else { writeln!(out, "{table}") }
}

fn cells_of(level: &MutantsOfLevel, name: &str) -> [String; 5] {
    cells(name, [level.mutants, level.equivalent, level.caught], level.score)
}

fn cells(name: &str, counts: [u32; 3], score: Option<f64>) -> [String; 5] {
    let [mutants, equivalent, caught] = counts.map(|count| count.to_string());
    // Rounded down, so that nothing looks good enough that is not.
    let score = score.map_or_else(String::new, |score| format!("{:.1} %", (score * 1000.0).floor() / 10.0));
    [name.to_owned(), mutants, equivalent, caught, score]
}

/// A text on one line, cut where it is long.
pub(super) fn cut(text: &str) -> String {
    let line = text.trim_end().replace('\n', "⏎");
    let text = match line.char_indices().nth(LONGEST_INPUT) {
        None => line,
        Some((end, _)) => format!("{}…", &line[..end]),
    };
    printable(&text)
}
