//! What `karat problems verify --mutants` found, as tables and JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::judge::mutation_score::{MutationScore, Weakness};
use crate::problem::TaskId;
use crate::report::columns::TextTable;
use crate::report::printable;

/// Longer inputs are cut in tables; JSON has them whole.
const LONGEST_INPUT: usize = 100;

/// The mutation scores of a set.
#[derive(Debug, Default, Serialize)]
pub(super) struct MutantsOutput {
    /// By difficulty, in order of appearance, and all together.
    levels: Vec<Level>,
    /// Task ids of problems below the least share.
    weak: Vec<TaskId>,
    problems: Vec<ProblemRow>,
}

/// The scores of the problems of one difficulty, together.
#[derive(Debug, Serialize)]
struct Level {
    /// Nothing for problems that have none.
    difficulty: Option<String>,
    problems: u32,
    weak: u32,
    mutants: u32,
    caught: u32,
    equivalent: u32,
    /// Of all mutants that change something, the share that is caught.
    score: Option<f64>,
}

#[derive(Debug, Serialize)]
struct ProblemRow {
    task_id: TaskId,
    difficulty: Option<String>,
    score: Option<f64>,
    #[serde(flatten)]
    found: MutationScore,
}

impl MutantsOutput {
    /// Takes a problem's score.
    pub(super) fn add(&mut self, task_id: &TaskId, difficulty: Option<String>, found: MutationScore) {
        let place = self.levels.iter().position(|level| level.difficulty == difficulty);
        let place = place.unwrap_or_else(|| {
            self.levels.push(Level::new(difficulty.clone()));
            self.levels.len() - 1
        });
        self.levels[place].add(&found);
        if found.is_weak() {
            self.weak.push(task_id.clone());
        }
        self.problems.push(ProblemRow { task_id: task_id.clone(), difficulty, score: found.score(), found });
    }

    /// Whether the tests of a problem catch too few.
    pub(super) fn any_weak(&self) -> bool {
        !self.weak.is_empty()
    }

    /// Writes it for people.
    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let mut table = TextTable::with_header(vec!["problem", "mutants", "equivalent", "caught", "score"]);
        for ProblemRow { task_id, found, .. } in &self.problems {
            table.add_row(cells(
                &printable(task_id.as_str()),
                [found.mutants, found.equivalent, found.caught],
                found.score(),
            ));
        }
        let mut all = Level::new(None);
        for row in &self.problems {
            all.add(&row.found);
        }
        if self.levels.len() > 1 {
            for level in &self.levels {
                table.add_row(level.cells(level.difficulty.as_deref().unwrap_or("without difficulty")));
            }
        }
        table.add_row(all.cells("all"));
        table.numbers(1..5);
        writeln!(out, "{table}")?;
        self.print_weaknesses(out)?;
        if self.weak.is_empty() {
            return writeln!(
                out,
                "No problem's tests catch fewer than 95 % of the mutants that change something."
            );
        }
        let weak: Vec<String> = self.weak.iter().map(TaskId::to_string).collect();
        writeln!(
            out,
            "Below 95 %: {}. In Karat's own format, `karat harden` looks for tests that catch more.",
            weak.join(", ")
        )
    }

    fn print_weaknesses(&self, out: &mut impl Write) -> io::Result<()> {
        let mut table = TextTable::with_header(vec!["problem", "mutant that passes", "input that tells"]);
        for ProblemRow { task_id, found, .. } in &self.problems {
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
}

impl Level {
    fn new(difficulty: Option<String>) -> Level {
        Level { difficulty, problems: 0, weak: 0, mutants: 0, caught: 0, equivalent: 0, score: None }
    }

    fn add(&mut self, found: &MutationScore) {
        self.problems += 1;
        self.weak += u32::from(found.is_weak());
        self.mutants += found.mutants;
        self.caught += found.caught;
        self.equivalent += found.equivalent;
        let changing = self.mutants - self.equivalent;
        self.score = (changing > 0).then(|| f64::from(self.caught) / f64::from(changing));
    }

    fn cells(&self, name: &str) -> [String; 5] {
        cells(name, [self.mutants, self.equivalent, self.caught], self.score)
    }
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
