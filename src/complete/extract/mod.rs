//! From a model's raw answer to a program. The answer itself is never changed; what was taken from it and why is
//! recorded with the program.
//!
//! An answer is unwrapped (thinking, special tokens, JSON), divided into pieces of code (fenced blocks, or else what
//! stands between tags, or else what stands between lines of prose), the piece that is the program is chosen and joined
//! with those that it needs, and what comes out is made to fit the problem: a body at the indentation that its prompt
//! wants, a whole program with the imports that it took for granted and without what only tries it out. Where the
//! problem has a text that follows, what a base model says is taken as it is.
//!
//! Every step reads its input a fixed number of times, whatever it is.

mod body;
mod choose;
mod cut;
mod decoration;
mod fences;
mod fit;
#[cfg(fuzzing)]
pub mod fuzzing;
mod how;
mod infill;
mod inserted;
mod prose;
mod stray;
mod tags;
mod unfenced;
mod words;
mod wrappers;

pub use how::{AnswerKind, Extraction, ExtractionRule, Fence, How, NoCode, Note};
pub use infill::whole_statements;

use choose::{Claim, CodePiece, Wanted, choose};
use cut::Ending;
use prose::{is_prose, is_strong};

use super::Form;
use super::query::FinishReason;
use crate::problem::{Language, Problem};
use crate::python;

/// Takes the program out of an answer by Karat's own rule, where nothing is known of how the answer ended.
///
/// # Errors
///
/// When there is none in it.
pub fn extract(problem: &Problem, raw: &str, kind: AnswerKind) -> Result<Extraction, NoCode> {
    extract_ended(problem, raw, kind, FinishReason::Other)
}

/// Takes the program out of an answer that ended in this way by Karat's own rule. Of one that was cut off, a last
/// statement is left out that is no part of a program that is whole before it.
///
/// # Errors
///
/// When there is none in it.
pub fn extract_ended(
    problem: &Problem,
    raw: &str,
    kind: AnswerKind,
    finish: FinishReason,
) -> Result<Extraction, NoCode> {
    if kind == AnswerKind::Completion && problem.suffix.is_some() {
        return infill::as_it_is(raw);
    }
    if raw.trim().is_empty() {
        return Err(NoCode::Empty);
    }
    let mut notes = Vec::new();
    let mut text = wrappers::unwrap(raw, &mut notes)?;
    if problem.text_name.is_some() {
        if kind == AnswerKind::Completion {
            let (form, text) = inserted::as_it_is(problem, text, &mut notes)?;
            return Ok(Extraction { form, text, how: How::Continuation, notes });
        }
        inserted::cut_unmarked(problem, &mut text, &mut notes);
    }
    let entry_point = fit::entry_point(problem);
    let wanted = Wanted {
        language: problem.language,
        entry_point: entry_point.as_deref(),
        first: kind == AnswerKind::Completion,
    };
    if kind == AnswerKind::Completion && !problem.prompt.is_empty() && continues(&text, problem.language) {
        let (form, text) = fit::continuation(problem, until_fence(&text, problem.language), &mut notes);
        return Ok(Extraction { form, text, how: How::Continuation, notes });
    }
    let Found { text, how, around, ending } = find(&text, &wanted)?;
    let [before, after] = around;
    if before || after {
        notes.push(Note::ProseCut { before, after });
    }
    let mut code = decoration::plain(text, problem.language, &mut notes);
    let ending =
        if finish == FinishReason::Length && ending != Ending::Closed { Ending::Cut } else { ending };
    if problem.language == Language::Python
        && let Some(kept) = cut::without_cut_statement(&code, entry_point.as_deref(), ending).map(str::len)
    {
        let lines = code[kept..].lines().filter(|line| !line.trim().is_empty()).count();
        notes.push(Note::CutStatementDropped { lines });
        code.truncate(kept);
    }
    let (form, text) = match &problem.suffix {
        _ if problem.text_name.is_some() => inserted::fit(problem, code, &mut notes),
        Some(suffix) => infill::fit(problem, suffix, code, &mut notes),
        None => fit::fit(problem, code, &mut notes),
    };
    Ok(Extraction { form, text, how, notes })
}

/// Takes the program out of an answer by a given rule.
///
/// # Errors
///
/// When there is none in it.
pub fn extract_by(
    rule: ExtractionRule,
    problem: &Problem,
    raw: &str,
    kind: AnswerKind,
) -> Result<Extraction, NoCode> {
    match rule {
        ExtractionRule::Karat => extract(problem, raw, kind),
        ExtractionRule::LiveCodeBench => last_two_fences(raw),
    }
}

/// LiveCodeBench's rule, to the letter: an indented fence, a fence in a string and an inline one count, and what stands
/// between the last two need not be code.
fn last_two_fences(raw: &str) -> Result<Extraction, NoCode> {
    let lines: Vec<&str> = raw.split('\n').collect();
    let mut fences = (0..lines.len()).rev().filter(|&number| lines[number].contains("```"));
    let (Some(last), Some(first)) = (fences.next(), fences.next()) else { return Err(NoCode::NoFences) };
    let text = lines[first + 1..last].join("\n");
    if text.trim().is_empty() {
        return Err(NoCode::NoFences);
    }
    Ok(Extraction { form: Form::Program, text, how: How::LastTwoFences, notes: Vec::new() })
}

/// Whether a text goes on with code where the prompt ended, and does not begin anew.
fn continues(text: &str, language: Language) -> bool {
    if language != Language::Python {
        return !text.contains("```");
    }
    let lines = python::lines(text);
    let Some(first) = lines.iter().find(|line| line.role != python::LineRole::Blank) else { return false };
    match first.role {
        python::LineRole::Comment => first.indent > 0,
        _ if is_prose(first) => false,
        _ => first.indent > 0 || choose::is_body(&lines, &python::outline(&lines)),
    }
}

/// The text up to a fence, which no program has at the beginning of a line: models that were trained on documents
/// close the block that they believe to be in.
fn until_fence(text: &str, language: Language) -> &str {
    let end = if language == Language::Python {
        let lines = python::lines(text);
        lines.iter().find_map(|line| Some(line.start + line.backticks?))
    } else {
        text.find("\n```").map(|at| at + 1)
    };
    &text[..end.unwrap_or(text.len())]
}

/// The code in an answer.
struct Found {
    text: String,
    how: How,
    /// Whether there is text before it, and after it.
    around: [bool; 2],
    ending: Ending,
}

fn find(text: &str, wanted: &Wanted<'_>) -> Result<Found, NoCode> {
    if wanted.language == Language::Python && is_program(text) {
        let around = [false, false];
        return Ok(Found { text: text.to_owned(), how: How::Whole, around, ending: Ending::Open });
    }
    let split = fences::split(text, wanted.language);
    if let Some(found) = in_fences(&split, wanted) {
        return Ok(found);
    }
    let outside = if split.blocks.is_empty() { text } else { &split.outside };
    let found = between_tags(outside, wanted)
        .or_else(|| session(outside, wanted))
        .or_else(|| between_prose(outside, wanted))
        .or_else(|| inline(outside, wanted));
    if let Some(found) = found {
        return Ok(found);
    }
    let foreign = split.blocks.iter().map(|block| block.fence.language.as_str());
    let mut foreign =
        foreign.filter(|name| fences::language_of(name).is_some_and(|found| found != wanted.language));
    Err(foreign.next().map_or(NoCode::OnlyProse, |name| NoCode::OtherLanguage { language: name.to_owned() }))
}

/// Whether a text is Python from its first line to its last; what looks like a fence in a string is no fence then.
fn is_program(text: &str) -> bool {
    let lines = python::lines(text);
    let ends = lines.last().is_some_and(|line| !line.goes_on);
    ends && lines.iter().any(is_strong) && !lines.iter().any(is_prose)
}

fn in_fences(split: &fences::Split, wanted: &Wanted<'_>) -> Option<Found> {
    let cleaned: Vec<Cleaned> = split.blocks.iter().map(|block| Cleaned::of(&block.text, wanted)).collect();
    let pieces: Vec<CodePiece> = split
        .blocks
        .iter()
        .zip(&cleaned)
        .map(|(block, cleaned)| {
            let claims = match block.fence.language.as_str() {
                "" if is_session(&block.text, wanted) => Claim::Same,
                // Of a diff, the new side is taken.
                "" | "diff" | "patch" => Claim::Nothing,
                name if fences::language_of(name) == Some(wanted.language) => Claim::Same,
                _ => Claim::Other,
            };
            // What claims nothing and has more prose than code in it is no program, unless it has what is looked for.
            let counts = claims == Claim::Same || block.fence.unfinished || cleaned.defines(wanted);
            let text = if counts { cleaned.text.clone() } else { block.text.clone() };
            CodePiece { text, claims, unfinished: block.fence.unfinished && !cleaned.around[1] }
        })
        .collect();
    let chosen = choose(&pieces, wanted);
    let (first, last) = (*chosen.first()?, *chosen.last()?);
    let around = [
        split.before || first > 0 || cleaned[first].around[0],
        split.after || last + 1 < pieces.len() || cleaned[last].around[1],
    ];
    let texts: Vec<&str> = chosen.iter().map(|&number| cleaned[number].text.as_str()).collect();
    let fences = chosen.iter().map(|&number| split.blocks[number].fence.clone()).collect();
    let ending = if pieces[last].unfinished { Ending::Unclosed } else { Ending::Closed };
    Some(Found { text: texts.join("\n"), how: How::Fences { fences }, around, ending })
}

/// Whether a block is a session with an interpreter in which the function is defined.
fn is_session(text: &str, wanted: &Wanted<'_>) -> bool {
    let begins = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| decoration::typed(line).is_some());
    let typed =
        || text.lines().filter_map(decoration::typed).flat_map(|line| [line, "\n"]).collect::<String>();
    begins && wanted.entry_point.is_some_and(|name| choose::defines_in(&typed(), name))
}

/// The code of a block, without prose that is in it.
struct Cleaned {
    text: String,
    /// Whether there was prose before it, and after it.
    around: [bool; 2],
}

impl Cleaned {
    fn of(block: &str, wanted: &Wanted<'_>) -> Cleaned {
        Cleaned::of_mixed(block, wanted)
            .unwrap_or_else(|| Cleaned { text: block.to_owned(), around: [false, false] })
    }

    /// Nothing where there is no prose in it, or nothing else.
    fn of_mixed(block: &str, wanted: &Wanted<'_>) -> Option<Cleaned> {
        if wanted.language != Language::Python {
            return None;
        }
        let runs = unfenced::runs_in_block(block)?;
        let pieces: Vec<CodePiece> = runs
            .iter()
            .map(|run| CodePiece { text: run.text.clone(), claims: Claim::Same, unfinished: false })
            .collect();
        let chosen = choose(&pieces, wanted);
        let (first, last) = (*chosen.first()?, *chosen.last()?);
        let lines: Vec<&str> = block.lines().collect();
        let is_text = |part: &[&str]| part.iter().any(|line| !line.trim().is_empty());
        let around = [is_text(&lines[..runs[first].lines.start]), is_text(&lines[runs[last].lines.end..])];
        Some(Cleaned { text: together(&pieces, &chosen), around })
    }

    fn defines(&self, wanted: &Wanted<'_>) -> bool {
        wanted.entry_point.is_some_and(|name| choose::defines_in(&self.text, name))
    }
}

fn between_tags(text: &str, wanted: &Wanted<'_>) -> Option<Found> {
    let tagged = tags::tagged(text);
    let tag = tagged.first()?.tag;
    let pieces: Vec<CodePiece> = tagged
        .iter()
        .map(|tagged| CodePiece {
            text: tagged.text.trim_start_matches('\n').to_owned(),
            claims: Claim::Nothing,
            unfinished: tagged.around[1].is_empty(),
        })
        .collect();
    let chosen = choose(&pieces, wanted);
    let (first, last) = (*chosen.first()?, *chosen.last()?);
    let around = [tagged[first].around[0], tagged[last].around[1]];
    let [before, after] = around.map(str::trim);
    // The closing tag is no prose.
    let around = [!before.is_empty(), after.len() > "[/PYTHON]".len()];
    let how = How::Tags { tag: tag.to_owned() };
    let ending = if pieces[last].unfinished { Ending::Unclosed } else { Ending::Closed };
    Some(Found { text: together(&pieces, &chosen), how, around, ending })
}

fn between_prose(text: &str, wanted: &Wanted<'_>) -> Option<Found> {
    let runs = unfenced::runs(text, wanted.language);
    let pieces: Vec<CodePiece> = runs
        .iter()
        .map(|run| CodePiece { text: run.text.clone(), claims: Claim::Nothing, unfinished: false })
        .collect();
    let chosen = choose(&pieces, wanted);
    let (first, last) = (*chosen.first()?, *chosen.last()?);
    let lines = text.lines().collect::<Vec<_>>();
    let is_prose = |part: &[&str]| part.iter().any(|line| !line.trim().is_empty());
    let (from, to) = (runs[first].lines.start, runs[last].lines.end);
    let around = [is_prose(&lines[..from]), is_prose(&lines[to..])];
    let ending = if around[1] { Ending::Closed } else { Ending::Open };
    if runs.len() == 1 && around == [false, false] {
        return Some(Found { text: runs[0].text.clone(), how: How::Whole, around, ending });
    }
    let how = How::Lines { first: from + 1, last: to };
    Some(Found { text: together(&pieces, &chosen), how, around, ending })
}

/// A session with an interpreter in which the function is defined; its marks are taken away later.
fn session(text: &str, wanted: &Wanted<'_>) -> Option<Found> {
    let name = wanted.entry_point.filter(|_| wanted.language == Language::Python)?;
    let lines: Vec<&str> = text.lines().collect();
    let is_typed = |line: &&str| decoration::typed(line).is_some();
    let first = lines.iter().position(is_typed)?;
    let last = lines.iter().rposition(is_typed)?;
    let typed: String = lines[first..=last]
        .iter()
        .filter_map(|line| decoration::typed(line))
        .flat_map(|line| [line, "\n"])
        .collect();
    if !choose::defines_in(&typed, name) {
        return None;
    }
    let is_text = |part: &[&str]| part.iter().any(|line| !line.trim().is_empty());
    Some(Found {
        text: lines[first..=last].iter().flat_map(|line| [*line, "\n"]).collect(),
        how: How::Lines { first: first + 1, last: last + 1 },
        around: [is_text(&lines[..first]), is_text(&lines[last + 1..])],
        ending: Ending::Closed,
    })
}

/// The function, all of it on one line, between backticks in a sentence or at the end of it.
fn inline(text: &str, wanted: &Wanted<'_>) -> Option<Found> {
    let name = wanted.entry_point.filter(|_| wanted.language == Language::Python)?;
    let header = format!("def {name}(");
    let spans = text.lines().enumerate().flat_map(|(number, line)| {
        let end = line.find(&header).map(|at| &line[at..]).filter(|end| !end.contains('`'));
        end.into_iter().chain(line.split('`').skip(1).step_by(2)).map(move |span| (number + 1, span.trim()))
    });
    let (line, code) = spans.filter(|(_, span)| choose::defines_in(span, name)).last()?;
    let how = How::Lines { first: line, last: line };
    Some(Found { text: format!("{code}\n"), how, around: [true, true], ending: Ending::Closed })
}

/// The chosen pieces in their order, a blank line between them.
fn together(pieces: &[CodePiece], chosen: &[usize]) -> String {
    let texts: Vec<&str> = chosen.iter().map(|&number| pieces[number].text.as_str()).collect();
    texts.join("\n")
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
