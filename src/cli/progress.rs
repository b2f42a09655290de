//! Progress on standard error: bars on a terminal, nothing where it is piped.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::logging;
use crate::package;
use crate::runner::install::Step;

/// A bar for judging: rate, passes so far and time left.
pub fn judging(total: u64, quiet: bool) -> ProgressBar {
    let template = "{prefix} {wide_bar:.cyan/blue} {human_pos}/{human_len} · {rate} · {msg} · {eta} left";
    bar(total, quiet, template)
}

/// A bar for something that takes seconds.
pub fn steps(what: &'static str, total: u64, quiet: bool) -> ProgressBar {
    let bar = bar(total, quiet, "{prefix} {wide_bar:.cyan/blue} {human_pos}/{human_len}");
    bar.set_prefix(what);
    bar
}

/// What is waited for, without knowing how long. Nothing is shown before the first message.
pub fn waiting() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {prefix} {elapsed} · {wide_msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_style(style)
}

/// A display of several bars.
pub fn together(quiet: bool) -> MultiProgress {
    MultiProgress::with_draw_target(target(quiet))
}

/// A bar for the steps of an installation.
pub fn installing(runner: &str, quiet: bool) -> (ProgressBar, impl FnMut(Step) + use<>) {
    let bar = bar(
        Step::ALL.len() as u64,
        quiet,
        "{spinner} {prefix} {bar:20.cyan/blue} {pos}/{len} · {msg} · {elapsed}",
    );
    bar.set_prefix(format!("installing the {runner} runner"));
    let handle = bar.clone();
    let on_step = move |step: Step| {
        if let Some(position) = Step::ALL.iter().position(|other| *other == step) {
            handle.set_position(position as u64);
        }
        handle.set_message(step.describe());
        handle.enable_steady_tick(Duration::from_millis(120));
    };
    (bar, on_step)
}

/// A display of what is being fetched, and how long it has taken.
pub fn fetching(what: String, quiet: bool) -> (ProgressBar, impl FnMut(package::Step) + use<>) {
    let bar = bar(0, quiet, "{spinner} installing {prefix} · {msg} · {elapsed}");
    bar.set_prefix(what);
    let handle = bar.clone();
    let on_step = move |step: package::Step| {
        handle.set_message(step.describe());
        handle.enable_steady_tick(Duration::from_millis(120));
    };
    (bar, on_step)
}

/// A bar for reading a file.
pub fn bytes(what: &'static str, total: u64, quiet: bool) -> ProgressBar {
    let bar = bar(
        total,
        quiet,
        "{prefix} {wide_bar:.cyan/blue} {bytes}/{total_bytes} · {bytes_per_sec} · {eta} left",
    );
    bar.set_prefix(what);
    bar
}

fn bar(total: u64, quiet: bool, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let style = style.with_key("rate", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{:.0}/s", state.per_sec());
    });
    ProgressBar::with_draw_target(Some(total), target(quiet)).with_style(style)
}

/// Where bars are drawn.
pub fn target(quiet: bool) -> ProgressDrawTarget {
    // Events would be written between bars. And indicatif draws nothing where standard error is not a terminal.
    if quiet || logging::is_on() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr_with_hz(10)
    }
}
