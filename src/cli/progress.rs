//! Progress on standard error: bars on a terminal, nothing where it is piped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::logging;
use crate::evaluate::Event;
use crate::evaluate::events::StoppedReference;
use crate::judge::limits::{FuelLimit, FuelRule};
use crate::package;
use crate::report::printable;
use crate::runner::install::InstallStep;
use crate::shown::shown;

/// Shows what the engine tells: bars on a terminal, and lines on standard error.
#[derive(Clone)]
pub(super) struct Display {
    quiet: bool,
    all: MultiProgress,
    bars: Arc<Mutex<Bars>>,
}

/// The bars that are there.
#[derive(Default)]
struct Bars {
    installing: Option<ProgressBar>,
    measuring: Option<ProgressBar>,
    asking: Option<ProgressBar>,
    judging: Option<ProgressBar>,
}

impl Display {
    /// Nothing is shown yet; where it is to be quiet, there will be no bars.
    pub(super) fn new(quiet: bool) -> Display {
        Display { quiet, all: MultiProgress::with_draw_target(target(quiet)), bars: Arc::default() }
    }

    /// All bars, for others to be put among them.
    pub(super) fn bars(&self) -> &MultiProgress {
        &self.all
    }

    /// Writes a line above the bars, or to standard error where there are none.
    pub(super) fn say(&self, text: &str) {
        self.all.suspend(|| eprintln!("{}", printable(text)));
    }

    /// Shows how many of the samples that are asked for are answered.
    pub(super) fn show_asking(&self, prefix: &'static str, samples: u64, answered: u64) {
        let bar = self.add(prefix, samples, answered);
        bar.set_message("0 failed");
        self.change(|bars| bars.asking = Some(bar));
    }

    /// Shows an event.
    pub(super) fn show(&self, event: Event<'_>) {
        match event {
            Event::Installing { name, step } => self.change(|bars| {
                let bar =
                    bars.installing.get_or_insert_with(|| self.all.add(installing_bar(name, self.quiet)));
                show_step(bar, step);
            }),
            Event::Installed => self.change(|bars| clear(&mut bars.installing)),
            Event::MeasuringReferences(total) => {
                let bar = self.add("measuring references", total, 0);
                self.change(|bars| bars.measuring = Some(bar));
            }
            Event::ReferenceMeasured => self.change(|bars| advance(&bars.measuring)),
            Event::ReferencesMeasured => self.change(|bars| clear(&mut bars.measuring)),
            Event::ReferencesStopped(stopped) => self.say(&format!("note: {}", what_goes_instead(stopped))),
            Event::PassedOver(error) => {
                self.say(&format!("note: passed over, since it can not be resumed: {error}"));
            }
            Event::Recording { path, samples, answered, judged } => {
                if answered < samples {
                    self.show_asking("asking ", samples, answered);
                }
                let bar = self.add("judging", samples, judged);
                self.change(|bars| bars.judging = Some(bar));
                let path = shown(path.display());
                let _ = self.all.println(format!(
                    "recording in {path}; should this be interrupted, it goes on with --resume"
                ));
            }
            Event::Judged { judged, passed } => self.change(|bars| {
                if let Some(bar) = bars.judging.as_ref().filter(|bar| !bar.is_hidden()) {
                    bar.set_position(judged);
                    bar.set_message(format!("{passed} passed"));
                }
            }),
            Event::Answered => self.change(|bars| advance(&bars.asking)),
            Event::Unanswered { task_id, sample, error, failed, is_new } => {
                if is_new {
                    self.say(&format!("{task_id}, sample {sample}: {error}"));
                }
                self.change(|bars| {
                    if let Some(bar) = &bars.asking {
                        bar.set_message(format!("{failed} failed"));
                    }
                });
            }
            Event::Retrying(why) => self.say(&format!("{why}; trying again")),
            Event::LeftOut { left_out, error } => self.say(&format!("{error}; from now on {left_out}")),
            Event::CacheFailed(error) => self.say(error),
            Event::BudgetReached => self.say("the budget is used up; waiting for what is in flight"),
            Event::AskingEnded => self.change(|bars| {
                if let Some(bar) = &bars.asking {
                    bar.finish();
                }
            }),
            Event::Ended => self.change(|bars| {
                clear(&mut bars.asking);
                clear(&mut bars.judging);
            }),
        }
    }

    fn add(&self, prefix: &'static str, total: u64, done: u64) -> ProgressBar {
        let bar = self.all.add(judging(total, self.quiet));
        bar.set_prefix(prefix);
        bar.set_position(done);
        bar.reset_eta();
        bar
    }

    fn change(&self, change: impl FnOnce(&mut Bars)) {
        change(&mut self.bars.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn advance(bar: &Option<ProgressBar>) {
    if let Some(bar) = bar {
        bar.inc(1);
    }
}

fn clear(bar: &mut Option<ProgressBar>) {
    if let Some(bar) = bar.take() {
        bar.finish_and_clear();
    }
}

/// What limits completions where a limit stopped the reference solution, in one line.
fn what_goes_instead(stopped: &[StoppedReference]) -> String {
    const MOST_NAMED: usize = 5;
    let named: Vec<String> = stopped
        .iter()
        .take(MOST_NAMED)
        .map(|StoppedReference { task_id, needs, instead: FuelLimit { limit, rule }, is_needed }| {
            let rule = match rule {
                FuelRule::Given => "--fuel",
                FuelRule::Problem => "the problem's own limit",
                FuelRule::Reference | FuelRule::Time => "the time limit",
            };
            let fuel = limit.0 as f64 / 1e9;
            let expected =
                if *is_needed { ", and tests that expect what it returns are inconclusive" } else { "" };
            format!("{task_id} needs {needs}, so its completions may burn {fuel} G, by {rule}{expected}")
        })
        .collect();
    let more = match stopped.len() - named.len() {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let solutions = if stopped.len() == 1 { "solution" } else { "solutions" };
    format!("{} reference {solutions} could not be measured: {}{more}", stopped.len(), named.join("; "))
}

/// A bar for judging: rate, passes so far and time left.
pub(super) fn judging(total: u64, quiet: bool) -> ProgressBar {
    let template = "{prefix} {wide_bar:.cyan/blue} {human_pos}/{human_len} · {rate} · {msg} · {eta} left";
    bar(total, quiet, template)
}

/// A bar for something that takes seconds.
pub(super) fn steps(what: &'static str, total: u64, quiet: bool) -> ProgressBar {
    let bar = bar(total, quiet, "{prefix} {wide_bar:.cyan/blue} {human_pos}/{human_len}");
    bar.set_prefix(what);
    bar
}

/// What is waited for, without knowing how long. Nothing is shown before the first message.
pub(super) fn waiting() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {prefix} {elapsed} · {wide_msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_style(style)
}

/// A bar for the steps of an installation.
pub(super) fn installing(runner: &str, quiet: bool) -> (ProgressBar, impl FnMut(InstallStep) + use<>) {
    let bar = installing_bar(runner, quiet);
    let handle = bar.clone();
    (bar, move |step: InstallStep| show_step(&handle, step))
}

fn installing_bar(runner: &str, quiet: bool) -> ProgressBar {
    let bar = bar(
        InstallStep::ALL.len() as u64,
        quiet,
        "{spinner} {prefix} {bar:20.cyan/blue} {pos}/{len} · {msg} · {elapsed}",
    );
    bar.set_prefix(format!("installing the {runner} runner"));
    bar
}

fn show_step(bar: &ProgressBar, step: InstallStep) {
    if let Some(position) = InstallStep::ALL.iter().position(|other| *other == step) {
        bar.set_position(position as u64);
    }
    bar.set_message(step.describe());
    bar.enable_steady_tick(Duration::from_millis(120));
}

/// A display of what is being fetched, and how long it has taken.
pub(super) fn fetching(what: String, quiet: bool) -> (ProgressBar, impl FnMut(package::FetchStep) + use<>) {
    let bar = bar(0, quiet, "{spinner} installing {prefix} · {msg} · {elapsed}");
    bar.set_prefix(what);
    let handle = bar.clone();
    let on_step = move |step: package::FetchStep| {
        handle.set_message(step.describe());
        handle.enable_steady_tick(Duration::from_millis(120));
    };
    (bar, on_step)
}

/// A bar for reading a file.
pub(super) fn bytes(what: &'static str, total: u64, quiet: bool) -> ProgressBar {
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
pub(super) fn target(quiet: bool) -> ProgressDrawTarget {
    // Events would be written between bars. And indicatif draws nothing where standard error is not a terminal.
    if quiet || logging::is_on() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr_with_hz(10)
    }
}
