//! The programs that Karat starts: none of them gets the keys of APIs.

use std::ffi::OsStr;
use std::process::Command;

/// The variables that hold a key of OpenAI's.
pub(crate) const OPEN_AI: &[&str] = &["OPENAI_API_KEY"];

/// The variables that hold a key of Anthropic's.
pub(crate) const ANTHROPIC: &[&str] = &["ANTHROPIC_API_KEY"];

/// The variables that hold a key of Google's; the first that is set counts.
pub(crate) const GEMINI: &[&str] = &["GEMINI_API_KEY", "GOOGLE_API_KEY"];

/// The variables that hold the key of a server that is named by its address.
pub(crate) const SERVER: &[&str] = &["KARAT_API_KEY"];

/// All variables that hold keys.
const KEYS: [&[&str]; 4] = [OPEN_AI, ANTHROPIC, GEMINI, SERVER];

/// The names of all variables that hold keys.
pub(crate) fn key_variables() -> impl Iterator<Item = &'static str> {
    KEYS.into_iter().flatten().copied()
}

/// A command that starts a program with the environment of this process, but for the keys. The only place where one is
/// made: `clippy.toml` names the others.
#[allow(clippy::disallowed_methods)] // here they are taken care of
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for variable in key_variables() {
        command.env_remove(variable);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_gets_no_key() {
        let command = command("true");
        let removed: Vec<&OsStr> =
            command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        for variable in
            ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "KARAT_API_KEY"]
        {
            assert!(removed.contains(&OsStr::new(variable)), "{variable}");
        }
        assert_eq!(removed.len(), key_variables().count());
    }
}
