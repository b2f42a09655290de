//! New inputs of whole programs from old ones: numbers and words change within what was seen in their place, lines
//! come and go, and a number that counted what follows counts it again.
//!
//! What the input of such a program means is nowhere declared, so "their place" is a guess: whether the line is the
//! first, how many tokens it has, and which of them this is.

use std::collections::HashMap;
use std::ops::Range;

use fastrand::Rng;

use super::inputs::{changed_text, steps};

/// Where a token stands: in the first line or not, how many there are on the line, which one.
type Place = (bool, usize, usize);

/// Changes inputs.
#[derive(Debug)]
pub(super) struct Texts {
    seeds: Vec<String>,
    places: HashMap<Place, Seen>,
    /// Lines that stand behind the first.
    lines: Vec<String>,
}

/// What was seen in a place.
#[derive(Debug, Default)]
struct Seen {
    numbers: Vec<i64>,
    words: Vec<String>,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    /// All lines that follow.
    Lines,
    /// The tokens of the next line.
    NextLine,
    /// The tokens that follow on its line.
    Rest,
}

impl Texts {
    /// Learns from inputs that are in order, which must not be none.
    pub(super) fn new(seeds: Vec<String>) -> Texts {
        let mut places: HashMap<Place, Seen> = HashMap::new();
        let mut others = Vec::new();
        for (index, line) in seeds.iter().flat_map(|seed| seed.lines().enumerate()) {
            if index > 0 && others.len() < 2000 {
                others.push(line.to_owned());
            }
            let tokens: Vec<&str> = line.split_whitespace().collect();
            for (which, token) in tokens.iter().enumerate().take(50) {
                let seen = places.entry((index == 0, tokens.len().min(50), which)).or_default();
                match token.parse() {
                    Ok(number) => seen.numbers.push(number),
                    Err(_) => seen.words.push((*token).to_owned()),
                }
            }
        }
        for seen in places.values_mut() {
            seen.numbers.sort_unstable();
            seen.numbers.dedup();
            seen.words.sort_unstable();
            seen.words.dedup();
        }
        others.sort_unstable();
        others.dedup();
        Texts { seeds, places, lines: others }
    }

    /// An input that differs from one of those known in one to four places.
    pub(super) fn next(&self, random: &mut Rng) -> String {
        let seed = &self.seeds[random.usize(..self.seeds.len())];
        let mut lines: Vec<String> = seed.split('\n').map(str::to_owned).collect();
        // The last line end makes an empty line of its own, which is none.
        let ended = lines.last().is_some_and(String::is_empty) && lines.len() > 1;
        if ended {
            lines.pop();
        }
        for _ in 0..steps(random) {
            // Counts are looked for before each change and set right after it.
            let counts = counts(&lines);
            match random.u32(..10) {
                0..=2 => self.change_lines(&mut lines, random),
                3 => self.change_token_count(&mut lines, random),
                _ => self.change_token(&mut lines, random),
            }
            repair(&mut lines, &counts);
        }
        let mut text = lines.join("\n");
        if ended {
            text.push('\n');
        }
        text
    }

    fn change_lines(&self, lines: &mut Vec<String>, random: &mut Rng) {
        let index = random.usize(..lines.len());
        match random.u32(..5) {
            0 if index > 0 => drop(lines.remove(index)),
            1 if index > 0 => lines.insert(index, lines[index].clone()),
            2 if index > 0 => {
                let other = random.usize(1..lines.len());
                lines.swap(index, other);
            }
            3 if !self.lines.is_empty() => {
                let line = self.lines[random.usize(..self.lines.len())].clone();
                lines.insert((index + 1).min(lines.len()), line);
            }
            _ => {
                let tokens = |line: &str| line.split_whitespace().count();
                let alike: Vec<&String> =
                    self.lines.iter().filter(|line| tokens(line) == tokens(&lines[index])).collect();
                if index > 0 && !alike.is_empty() {
                    lines[index] = alike[random.usize(..alike.len())].clone();
                }
            }
        }
    }

    /// Removes or doubles a token of a line that has several.
    fn change_token_count(&self, lines: &mut [String], random: &mut Rng) {
        let index = random.usize(..lines.len());
        let spans = spans(&lines[index]);
        if spans.len() < 2 {
            return;
        }
        let which = random.usize(1..spans.len());
        // With the space before it.
        let piece = spans[which - 1].end..spans[which].end;
        if random.bool() {
            lines[index].replace_range(piece, "");
        } else {
            let doubled = lines[index][piece.clone()].to_owned();
            lines[index].insert_str(piece.end, &doubled);
        }
    }

    fn change_token(&self, lines: &mut [String], random: &mut Rng) {
        let index = random.usize(..lines.len());
        let spans = spans(&lines[index]);
        if spans.is_empty() {
            return;
        }
        let which = random.usize(..spans.len());
        let token = lines[index][spans[which].clone()].to_owned();
        let nothing = Seen::default();
        let seen = self.places.get(&(index == 0, spans.len().min(50), which)).unwrap_or(&nothing);
        let changed = match token.parse::<i64>() {
            // A number with leading zeros or a sign is a word of digits.
            Ok(number) if number.to_string() == token => seen.number(number, random).to_string(),
            _ => seen.word(&token, random),
        };
        if !changed.is_empty() {
            lines[index].replace_range(spans[which].clone(), &changed);
        }
    }
}

impl Seen {
    /// Another number from the least to the largest that was seen.
    fn number(&self, number: i64, random: &mut Rng) -> i64 {
        let (least, most) = match (self.numbers.first(), self.numbers.last()) {
            (Some(least), Some(most)) => (*least.min(&number), *most.max(&number)),
            _ => (number, number),
        };
        let one = self.numbers.get(random.usize(..self.numbers.len().max(1))).copied().unwrap_or(number);
        let changed = match random.u32(..9) {
            0 | 1 => number.saturating_add(1),
            2 | 3 => number.saturating_sub(1),
            4 => one,
            5 => one.saturating_add(random.i64(-1..=1)),
            6 => number / 2,
            7 => number.saturating_mul(2),
            _ => random.i64(least..=most.min(least.saturating_add(20))),
        };
        changed.clamp(least, most)
    }

    /// Another word, of the characters that were seen.
    fn word(&self, word: &str, random: &mut Rng) -> String {
        if !self.words.is_empty() && random.u32(..3) == 0 {
            return self.words[random.usize(..self.words.len())].clone();
        }
        let mut alphabet: Vec<char> = self.words.iter().flat_map(|word| word.chars()).collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        changed_text(word, &alphabet, random)
    }
}

/// Where the tokens of a line are.
fn spans(line: &str) -> Vec<Range<usize>> {
    let start = line.as_ptr() as usize;
    line.split_whitespace()
        .map(|token| {
            let begin = token.as_ptr() as usize - start;
            begin..begin + token.len()
        })
        .collect()
}

/// Which tokens are a number of what follows, by line and place on it.
fn counts(lines: &[String]) -> Vec<(usize, usize, Count)> {
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let tokens: Vec<&str> = line.split_whitespace().collect();
        for (which, token) in tokens.iter().enumerate() {
            let Ok(number) = token.parse::<usize>() else { continue };
            let next = lines.get(index + 1).map(|line| line.split_whitespace().count());
            if index == 0 && number == lines.len() - 1 {
                found.push((index, which, Count::Lines));
            } else if next == Some(number) && (number > 1 || tokens.len() == 1) {
                found.push((index, which, Count::NextLine));
            } else if which == 0 && number == tokens.len() - 1 && number > 1 {
                found.push((index, which, Count::Rest));
            }
        }
    }
    found
}

/// Sets the numbers that counted something before. A line that moved takes none along, except for the first.
fn repair(lines: &mut [String], counts: &[(usize, usize, Count)]) {
    for &(index, which, count) in counts {
        let Some(line) = lines.get(index) else { continue };
        let spans = spans(line);
        let Some(span) = spans.get(which) else { continue };
        if line[span.clone()].parse::<i64>().is_err() {
            continue;
        }
        let number = match count {
            Count::Lines => lines.len() - 1,
            Count::Rest => spans.len() - 1,
            Count::NextLine => match lines.get(index + 1) {
                Some(next) => next.split_whitespace().count(),
                None => continue,
            },
        };
        lines[index].replace_range(span.clone(), &number.to_string());
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_are_set_right() {
        let texts = Texts::new(vec!["3\n1 5\n2 6\n3 7\n".into(), "1\n4 9\n".into()]);
        let mut random = Rng::with_seed(3);
        let mut lengths = Vec::new();
        for _ in 0..300 {
            let text = texts.next(&mut random);
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines[0], (lines.len() - 1).to_string(), "{text}");
            lengths.push(lines.len());
        }
        assert!(lengths.contains(&1) && lengths.contains(&5), "lines come and go");
    }

    #[test]
    fn the_tokens_of_a_line_are_counted_too() {
        let texts = Texts::new(vec!["x\n3\n7 8 9\n".into()]);
        let mut random = Rng::with_seed(3);
        let mut shorter = false;
        for _ in 0..300 {
            let text = texts.next(&mut random);
            shorter |= text == "x\n2\n7 9\n";
        }
        assert!(shorter);
    }

    #[test]
    fn numbers_stay_within_what_was_seen() {
        let texts = Texts::new(vec!["5 100\n".into(), "9 300\n".into()]);
        let mut random = Rng::with_seed(3);
        for _ in 0..300 {
            let text = texts.next(&mut random);
            let numbers: Vec<i64> = text.split_whitespace().map(|token| token.parse().unwrap()).collect();
            if let [one, other] = numbers[..] {
                assert!((5..=9).contains(&one) && (100..=300).contains(&other), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(seeds in prop::collection::vec("[ a-z0-9é\n-]{0,30}", 1..4), seed in any::<u64>()) {
            let texts = Texts::new(seeds);
            let mut random = Rng::with_seed(seed);
            (0..20).for_each(|_| drop(texts.next(&mut random)));
        }
    }
}
