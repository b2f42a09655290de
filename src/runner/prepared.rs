//! A program as cells of one runner take it.

use crate::sandbox::Guest;

/// What harnesses put before a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prelude {
    /// Nothing.
    #[default]
    None,
    /// The usual imports of contest programs, as APPS has them.
    Apps,
    /// As LiveCodeBench has them.
    LiveCodeBench,
}

/// A program that is ready to run, as often as one likes. It is only good for the runner that prepared it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    digest: blake3::Hash,
    prelude: Prelude,
    form: PreparedForm,
}

/// What a runner keeps of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreparedForm {
    /// Its text.
    Source(String),
    /// What the runner's compiler made of the text.
    Compiled(Vec<u8>),
    /// A guest of its own, which the runner's compiler made of the text.
    Guest(Guest),
}

impl Prepared {
    /// A program as its text, which every cell compiles for itself.
    pub fn source(text: &str, prelude: Prelude) -> Prepared {
        Prepared { digest: digest(text, prelude), prelude, form: PreparedForm::Source(text.to_owned()) }
    }

    /// A program as what the compiler made of its text.
    pub fn compiled(text: &str, prelude: Prelude, code: Vec<u8>) -> Prepared {
        Prepared { digest: digest(text, prelude), prelude, form: PreparedForm::Compiled(code) }
    }

    /// A program as a guest of its own.
    pub fn guest(text: &str, prelude: Prelude, guest: Guest) -> Prepared {
        Prepared { digest: digest(text, prelude), prelude, form: PreparedForm::Guest(guest) }
    }

    /// The guest that it is, if it is one.
    pub fn as_guest(&self) -> Option<&Guest> {
        match &self.form {
            PreparedForm::Guest(guest) => Some(guest),
            PreparedForm::Source(_) | PreparedForm::Compiled(_) => None,
        }
    }

    /// The digest of the program's text and what is put before it: programs with the same are the same to a runner.
    pub fn digest(&self) -> blake3::Hash {
        self.digest
    }

    /// What is put before it.
    pub fn prelude(&self) -> Prelude {
        self.prelude
    }

    /// What the runner keeps of it.
    pub fn form(&self) -> &PreparedForm {
        &self.form
    }

    /// Its text, where that is kept.
    pub fn text(&self) -> &str {
        match &self.form {
            PreparedForm::Source(text) => text,
            PreparedForm::Compiled(_) | PreparedForm::Guest(_) => "",
        }
    }
}

fn digest(text: &str, prelude: Prelude) -> blake3::Hash {
    blake3::Hasher::new().update(&[prelude as u8]).update(text.as_bytes()).finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_tells_programs_apart_and_not_how_they_are_kept() {
        let source = Prepared::source("x = 1\n", Prelude::None);
        assert_eq!(source.digest(), Prepared::compiled("x = 1\n", Prelude::None, vec![1]).digest());
        assert_ne!(source.digest(), Prepared::source("x = 2\n", Prelude::None).digest());
        assert_ne!(source.digest(), Prepared::source("x = 1\n", Prelude::Apps).digest());
    }
}
