//! What `-v`, `-vv` and `KARAT_LOG` show: events on standard error, for whoever wants to know what a run is doing and
//! why.
//!
//! Nothing is collected where none of them is given. Results never depend on it, and no event has a key or a header in
//! it, nor the text of an answer, but for what an error quotes of a reply that is none.

use std::ffi::OsStr;
use std::io;

use anyhow::{Context, anyhow};
use clap::{ArgAction, Args};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::time::uptime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

/// The variable that chooses events by where they come from.
const VARIABLE: &str = "KARAT_LOG";

/// Where Karat's own events come from.
const OWN: &str = "karat";

/// How much is logged.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct LogArguments {
    /// Say on standard error what is decided and asked, instead of showing progress; -vv also says what each execution
    /// and cell does. KARAT_LOG chooses more finely, as in KARAT_LOG=karat::complete=trace,info.
    #[arg(long, short, action = ArgAction::Count, global = true)]
    verbose: u8,
}

impl LogArguments {
    /// From now on, shows what was asked for.
    ///
    /// # Errors
    ///
    /// When the variable does not say what to show.
    pub(super) fn start(self) -> anyhow::Result<()> {
        let Some(targets) = self.targets(std::env::var_os(VARIABLE).as_deref())? else { return Ok(()) };
        let lines = fmt::layer().with_writer(io::stderr).with_ansi(false).with_timer(uptime());
        registry().with(lines.with_filter(targets)).try_init().context("can not show events")
    }

    /// What is shown; nothing if nobody asked. What the variable says of a part goes before what the option says of
    /// all.
    fn targets(self, variable: Option<&OsStr>) -> anyhow::Result<Option<Targets>> {
        let own = match self.verbose {
            0 => LevelFilter::OFF,
            1 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        };
        let directives = variable.filter(|directives| !directives.is_empty());
        if directives.is_none() && self.verbose == 0 {
            return Ok(None);
        }
        let mut targets = Targets::new();
        if self.verbose > 0 {
            targets = targets.with_target(OWN, own);
        }
        if let Some(directives) = directives {
            let named: Targets = directives
                .to_str()
                .and_then(|directives| directives.parse().ok())
                .filter(|named: &Targets| named.iter().all(|(target, _)| is_path(target)))
                .ok_or_else(|| {
                    anyhow!(
                        "{VARIABLE}: write a level (error, warn, info, debug or trace), or parts with theirs, as in \
                         karat=debug or karat::complete=trace,info"
                    )
                })?;
            if let Some(default) = named.default_level() {
                targets = targets.with_default(default);
            }
            targets = targets.with_targets(named.iter());
        }
        Ok(Some(targets))
    }
}

/// Whether a text can be the path of a module, which is what targets are. A level that is misspelt is none.
fn is_path(target: &str) -> bool {
    let is_name = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && part.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
    };
    target.split("::").all(is_name)
}

/// Whether events are shown, so that progress would be drawn over them.
pub(super) fn is_on() -> bool {
    LevelFilter::current() > LevelFilter::OFF
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    fn shows(verbose: u8, variable: &str, target: &str, level: Level) -> bool {
        let targets = LogArguments { verbose }.targets(Some(OsStr::new(variable))).unwrap();
        targets.is_some_and(|targets| targets.would_enable(target, &level))
    }

    #[test]
    fn the_option_shows_more_each_time_and_only_what_is_ours() {
        let sandbox = "karat::sandbox::pool";
        assert!(LogArguments { verbose: 0 }.targets(None).unwrap().is_none());
        assert!(shows(1, "", sandbox, Level::DEBUG) && !shows(1, "", sandbox, Level::TRACE));
        assert!(shows(2, "", sandbox, Level::TRACE) && !shows(2, "", "hyper::client", Level::ERROR));
    }

    #[test]
    fn the_variable_goes_before_the_option_where_it_says_more_precisely() {
        let directives = "karat::complete=trace,karat::sandbox=off,warn";
        assert!(shows(1, directives, "karat::complete::generate", Level::TRACE));
        assert!(!shows(2, directives, "karat::sandbox::pool", Level::ERROR));
        assert!(shows(1, directives, "karat::record", Level::DEBUG));
        assert!(
            shows(0, directives, "hyper::client", Level::WARN) && !shows(0, directives, "hyper", Level::INFO)
        );
        assert!(shows(0, "debug", "karat::record", Level::DEBUG));
    }

    #[test]
    fn what_is_no_directive_is_refused_in_words() {
        for wrong in ["karat=loud", "karat=debug=trace", "DEBUGG", "karat debug", "a::=info"] {
            let error = LogArguments { verbose: 0 }.targets(Some(OsStr::new(wrong))).expect_err(wrong);
            assert!(error.to_string().contains("KARAT_LOG"), "{error}");
        }
    }
}
