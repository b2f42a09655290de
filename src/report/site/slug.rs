//! Names of pages.

use std::collections::HashSet;

/// Longer names are cut, in bytes. With a number and `.html` they fit every file system.
const LONGEST: usize = 80;

/// A file name for each of the names, in their order: of lower-case letters, digits, `.`, `_` and `-`, so that it
/// needs no escaping in an address, and unique, also where the file system takes `A` for `a`.
pub fn slugs<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .into_iter()
        .map(|name| {
            let slug = slug(name);
            let numbered = (2_u32..).map(|number| format!("{slug}-{number}"));
            std::iter::once(slug.clone())
                .chain(numbered)
                .find(|candidate| taken.insert(candidate.clone()))
                .expect("there are more numbers than names")
        })
        .collect()
}

fn slug(name: &str) -> String {
    let mut out = String::new();
    for character in name.chars() {
        match character {
            'a'..='z' | '0'..='9' | '_' => out.push(character),
            'A'..='Z' => out.push(character.to_ascii_lowercase()),
            // A leading dot hides a file.
            '.' if !out.is_empty() => out.push('.'),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
        if out.len() == LONGEST {
            break;
        }
    }
    let out = out.trim_end_matches(['-', '.']);
    // Windows takes these for devices, whatever follows the dot.
    let stem = out.split('.').next().unwrap_or_default();
    let is_device = matches!(stem, "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")));
    if out.is_empty() || is_device {
        format!("page-{out}").trim_end_matches('-').to_owned()
    } else {
        out.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_file_names() {
        let names = [
            ("HumanEval/0", "humaneval-0"),
            ("a/b", "a-b"),
            ("a_b", "a_b"),
            ("a b", "a-b-2"),
            ("A-B", "a-b-3"),
            ("../../etc/passwd", "etc-passwd"),
            ("漢字", "page"),
            ("", "page-2"),
            ("nul.txt", "page-nul.txt"),
            ("gpt-4.1", "gpt-4.1"),
        ];
        let slugs = slugs(names.map(|(name, _)| name));
        assert_eq!(slugs, names.map(|(_, slug)| slug));
    }

    proptest! {
        #[test]
        fn slugs_are_unique_and_plain(names in proptest::collection::vec("[ -~é/]{0,6}|.{0,200}", 0..40)) {
            let slugs = slugs(names.iter().map(String::as_str));
            prop_assert_eq!(slugs.len(), names.len());
            let unique: HashSet<&String> = slugs.iter().collect();
            prop_assert_eq!(unique.len(), slugs.len());
            for slug in slugs {
                prop_assert!(!slug.is_empty() && slug.len() < 100 && !slug.starts_with('.'));
                prop_assert!(slug.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-')));
            }
        }
    }
}
