//! Progress on standard error: bars on a terminal, a line now and then where it is piped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{
    HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle,
};

use super::lines::tell;
use super::logging;
use super::now_and_then::{NowAndThen, left};
use crate::evaluate::Event;
use crate::judge::harden::HardenStep;
use crate::package;
use crate::record::unfinished;
use crate::report::fitting::prose_of_errors;
use crate::report::printable;
use crate::runner::install::InstallStep;
use crate::shown::shown;

/// Shows what the engine tells: bars on a terminal, and lines on standard error.
#[derive(Clone)]
pub(super) struct Display {
    quiet: bool,
    all: MultiProgress,
    bars: Arc<Mutex<Bars>>,
    lines: NowAndThen,
}

/// The bars that are there.
#[derive(Default)]
struct Bars {
    installing: Option<ProgressBar>,
    measuring: Option<ProgressBar>,
    asking: Option<ProgressBar>,
    judging: Option<ProgressBar>,
    hardening: Option<ProgressBar>,
    verifying: Option<ProgressBar>,
    counts: Counts,
}

/// How far things are, for lines.
#[derive(Clone, Copy, Default)]
struct Counts {
    samples: u64,
    /// Of those that are asked for.
    answered: Option<u64>,
    judged: u64,
    passed: u64,
    /// When judging began, and how many were judged then.
    since: Option<(Instant, u64)>,
    references: u64,
    measured: u64,
}

impl Display {
    /// Nothing is shown yet; where it is to be quiet, there will be no bars.
    pub(super) fn new(quiet: bool) -> Display {
        Display {
            quiet,
            all: MultiProgress::with_draw_target(target(quiet)),
            bars: Arc::default(),
            lines: NowAndThen::new(quiet),
        }
    }

    /// All bars, for others to be put among them.
    pub(super) fn bars(&self) -> &MultiProgress {
        &self.all
    }

    /// Writes a line above the bars, or to standard error where there are none.
    pub(super) fn say(&self, text: &str) {
        self.all.suspend(|| tell(&printable(text)));
    }

    /// Shows how many of the samples that are asked for are answered.
    pub(super) fn show_asking(&self, prefix: &'static str, samples: u64, answered: u64) {
        let bar = self.add(prefix, samples, answered, "0 failed");
        self.change(|bars| {
            bars.asking = Some(bar);
            bars.counts = Counts { samples, answered: Some(answered), ..bars.counts };
        });
    }

    /// Shows an event.
    pub(super) fn show(&self, event: Event<'_>) {
        let line = match &event {
            Event::Installing { name, step } => {
                Some(format!("installing the {name} runner: {}", step.describe()))
            }
            Event::ProblemVerified { verified, problems } => {
                Some(format!("verified {verified} of {problems} problems"))
            }
            _ => None,
        };
        let is_progress = matches!(
            event,
            Event::Installing { .. }
                | Event::ReferenceMeasured
                | Event::Answered
                | Event::Judged { .. }
                | Event::ProblemVerified { .. }
        );
        self.draw(event);
        if is_progress && self.lines.is_due() {
            let mut counts = Counts::default();
            self.change(|bars| counts = bars.counts);
            self.say(&line.unwrap_or_else(|| counts.line()));
        }
    }

    fn draw(&self, event: Event<'_>) {
        match event {
            Event::Installing { name, step } => self.change(|bars| {
                let bar =
                    bars.installing.get_or_insert_with(|| self.all.add(installing_bar(name, self.quiet)));
                show_step(bar, step);
            }),
            Event::Installed => self.change(|bars| clear(&mut bars.installing)),
            Event::MeasuringReferences(total) => {
                let bar = self.add_steps("measuring references", total);
                self.change(|bars| {
                    bars.measuring = Some(bar);
                    bars.counts.references = total;
                });
            }
            Event::ReferenceMeasured => self.change(|bars| {
                advance(&bars.measuring);
                bars.counts.measured += 1;
            }),
            Event::ReferencesMeasured => self.change(|bars| clear(&mut bars.measuring)),
            Event::NeedsInterpreter { .. }
            | Event::ReferencesStopped(_)
            | Event::PassedOver(_)
            | Event::NothingToResume => {
                if let Some(note) = event.note() {
                    self.say(&format!("note: {note}"));
                }
            }
            Event::Unfinished { path, resume } => {
                let path = shown(path.display());
                self.say(&format!(
                    "note: a new run begins, although there is {path}: {}",
                    unfinished(resume)
                ));
            }
            Event::Recording { path, samples, answered, judged, passed } => {
                if answered < samples {
                    self.show_asking("asking ", samples, answered);
                }
                let bar = self.add("judging", samples, judged, &format!("{passed} passed"));
                self.change(|bars| {
                    bars.judging = Some(bar);
                    let since = Some((Instant::now(), judged));
                    bars.counts = Counts { samples, judged, passed, since, ..bars.counts };
                });
                let path = shown(path.display());
                let said =
                    format!("recording in {path}; should this be interrupted, it goes on with --resume");
                let _ = self.all.println(prose_of_errors(&said));
            }
            Event::Judged { judged, passed } => self.change(|bars| {
                bars.counts = Counts { judged, passed, ..bars.counts };
                if let Some(bar) = bars.judging.as_ref().filter(|bar| !bar.is_hidden()) {
                    bar.set_position(judged);
                    bar.set_message(format!("{passed} passed"));
                }
            }),
            Event::Answered => self.change(|bars| {
                advance(&bars.asking);
                bars.counts.answered.iter_mut().for_each(|answered| *answered += 1);
            }),
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
            Event::Hardening(programs) => {
                let bar = self.all.add(judging(programs, self.quiet));
                bar.set_prefix("judging");
                self.change(|bars| bars.hardening = Some(bar));
            }
            Event::HardenStep(step) => self.change(|bars| match (step, &bars.hardening) {
                (HardenStep::Judged, bar) => advance(bar),
                (HardenStep::Inputs, Some(bar)) => bar.set_prefix("making inputs"),
                (HardenStep::Asked, Some(bar)) => bar.set_prefix("asking"),
                (_, None) => {}
            }),
            Event::Hardened => self.change(|bars| clear(&mut bars.hardening)),
            Event::Verifying(problems) => {
                let bar = self.add_steps("verifying", problems);
                self.change(|bars| bars.verifying = Some(bar));
            }
            Event::ProblemVerified { .. } => self.change(|bars| advance(&bars.verifying)),
            Event::Verified => self.change(|bars| clear(&mut bars.verifying)),
        }
    }

    fn add(&self, prefix: &'static str, total: u64, done: u64, message: &str) -> ProgressBar {
        let bar = judging(total, self.quiet).with_prefix(prefix).with_message(message.to_owned());
        let bar = self.all.add(bar.with_position(done));
        bar.reset_eta();
        bar
    }

    fn add_steps(&self, what: &'static str, total: u64) -> ProgressBar {
        self.all.add(steps(what, total, self.quiet))
    }

    fn change(&self, change: impl FnOnce(&mut Bars)) {
        change(&mut self.bars.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Counts {
    fn line(&self) -> String {
        let Some((since, before)) = self.since else {
            return match self.answered {
                Some(answered) => format!("answered {answered} of {}", self.samples),
                None => format!("measured {} of {} reference solutions", self.measured, self.references),
            };
        };
        let answered = self.answered.map(|answered| format!("answered {answered}, ")).unwrap_or_default();
        let (now, all) = (self.judged.saturating_sub(before), self.samples.saturating_sub(before));
        let left = left(since.elapsed(), now, all).map(|left| format!("; {left}")).unwrap_or_default();
        format!("{answered}judged {} of {}, {} passed{left}", self.judged, self.samples, self.passed)
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

/// A bar for judging: rate, passes so far and time left.
fn judging(total: u64, quiet: bool) -> ProgressBar {
    let template = "{prefix} {wide_bar:.cyan/blue} {human_pos}/{human_len} · {rate} · {msg} · {left}";
    bar(total, quiet, template)
}

/// A bar for something that takes seconds.
pub(super) fn steps(what: &'static str, total: u64, quiet: bool) -> ProgressBar {
    bar(total, quiet, "{prefix} {wide_bar:.cyan/blue} {human_pos}/{human_len}").with_prefix(what)
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
    let template = "{spinner} {prefix} {pos}/{len} · {elapsed} · {wide_msg}";
    bar(InstallStep::ALL.len() as u64, quiet, template).with_prefix(format!("the {runner} runner"))
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
    let bar = bar(0, quiet, "{spinner} installing {prefix} · {msg} · {elapsed}").with_prefix(what);
    let handle = bar.clone();
    let on_step = move |step: package::FetchStep| {
        handle.set_message(step.describe());
        handle.enable_steady_tick(Duration::from_millis(120));
    };
    (bar, on_step)
}

/// A bar for reading a file.
pub(super) fn bytes(what: &'static str, total: u64, quiet: bool) -> ProgressBar {
    let template = "{prefix} {wide_bar:.cyan/blue} {bytes}/{total_bytes} · {bytes_per_sec} · {left}";
    bar(total, quiet, template).with_prefix(what)
}

/// A bar that is not drawn yet: one that is put among others only after it was drawn leaves its first line behind, so what
/// changes it before that must be one of the functions `with_…`.
fn bar(total: u64, quiet: bool, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let style = style.with_key("rate", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = match state.per_sec() {
            rate if rate >= 10.0 => write!(out, "{rate:.0}/s"),
            rate if rate >= 1.0 => write!(out, "{rate:.1}/s"),
            rate => write!(out, "{:.1}/min", rate * 60.0),
        };
    });
    // As long as nothing is done, nobody knows how long it takes.
    let style = style.with_key("left", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = match state.per_sec() > 0.0 {
            true => write!(out, "{:#} left", HumanDuration(state.eta())),
            false => write!(out, "? left"),
        };
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
