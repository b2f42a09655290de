//! What `karat generate` and `karat run` share: who answers, and the server that may have to be started for that.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget};

use super::built_in::Loading;
use super::lines;
use super::progress;
use crate::complete::model_spec::ModelSpec;
use crate::complete::provider::built_in::BuiltIn;
use crate::complete::provider::managed::{ServerSettings, ServerStep};
use crate::complete::provider::{self, Provider};
use crate::evaluate::kept::SERVER_LOGS;
use crate::problem::ProblemSet;
use crate::report::printable;
use crate::runner::install::cache_directory;
use crate::shown::shown;

/// How a server is started, for a model such as vllm:NAME.
#[derive(Debug, Args)]
pub(super) struct ServerArguments {
    /// How long a server that Karat starts may write nothing before it is ready, in seconds. As long as it lives and
    /// writes, there is no limit.
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, help_heading = "Asking", value_parser = clap::value_parser!(u64).range(1..))]
    server_silence: u64,

    /// Options for the server that Karat starts, as in `-- --tensor-parallel-size 2`.
    #[arg(last = true, value_name = "SERVER OPTION")]
    pub server_options: Vec<String>,
}

/// Who answers. What was started for that is ended, and waited for, when this is dropped.
pub(super) struct Answerer {
    pub provider: Arc<dyn Provider>,
    spinner: ProgressBar,
    /// Shown where the model runs here.
    loading: Option<Loading>,
}

impl ServerArguments {
    /// Refuses options that no server would get.
    pub(super) fn check(&self, models: &[ModelSpec]) -> anyhow::Result<()> {
        let is_managed = |model: &ModelSpec| matches!(model, ModelSpec::Managed { .. });
        ensure!(
            self.server_options.is_empty() || models.iter().any(is_managed),
            "-- {}: what stands behind -- is for a server that Karat starts, and no model here has one; leave it out, or \
             name a model such as vllm:NAME",
            shown(&self.server_options[0])
        );
        Ok(())
    }

    /// Makes ready who answers. A server is not started before it is needed.
    pub(super) fn open(
        &self,
        model: &ModelSpec,
        set: &Arc<ProblemSet>,
        concurrency: u16,
        quiet: bool,
    ) -> anyhow::Result<Answerer> {
        let spinner = progress::waiting();
        let settings = ServerSettings {
            arguments: self.server_options.clone(),
            slots: concurrency,
            silence: Duration::from_secs(self.server_silence),
            logs: match model {
                ModelSpec::Managed { .. } => cache_directory()?.join(SERVER_LOGS),
                _ => PathBuf::new(),
            },
            tell: Arc::new({
                let spinner = spinner.clone();
                move |step| tell(&spinner, quiet, step)
            }),
        };
        let opened = provider::open_with(model, &|name| std::env::var(name).ok(), set, &settings);
        spinner.finish_and_clear();
        spinner.set_draw_target(ProgressDrawTarget::hidden()); // until there is a display to show it in
        Ok(Answerer { provider: opened?, spinner, loading: None })
    }
}

impl Answerer {
    /// The built-in model.
    pub(super) fn built_in(provider: BuiltIn, loading: Loading) -> Answerer {
        Answerer { provider: Arc::new(provider), spinner: progress::waiting(), loading: Some(loading) }
    }

    /// Shows what is waited for above the bars of a display.
    pub(super) fn show_in(&self, display: &MultiProgress) {
        match &self.loading {
            Some(loading) => loading.show_in(display),
            None => drop(display.insert(0, self.spinner.clone())),
        }
    }
}

impl Drop for Answerer {
    fn drop(&mut self) {
        self.spinner.finish_and_clear();
        self.provider.close();
    }
}

/// Shows a step. What is worth keeping is a line.
fn tell(spinner: &ProgressBar, quiet: bool, step: ServerStep) {
    let say = |text: String| {
        if !quiet {
            spinner.suspend(|| lines::tell(&printable(&text)));
        }
    };
    match step {
        ServerStep::Version { program } => {
            spinner.set_draw_target(progress::target(quiet));
            spinner.set_prefix("starting");
            spinner.set_message(format!("asking {program} for its version"));
            spinner.enable_steady_tick(Duration::from_millis(120));
        }
        ServerStep::Starting { command, log } => {
            spinner.reset();
            spinner.set_prefix("waiting for the server");
            spinner.set_message("");
            say(format!("starting {}; its log is {}", shown(command), shown(log.display())));
            spinner.enable_steady_tick(Duration::from_millis(120));
        }
        ServerStep::Waiting { line } => spinner.set_message(shown(line).to_string()),
        ServerStep::Ready { program, after } => {
            spinner.finish_and_clear();
            say(format!("{program} is ready after {:.0} s", after.as_secs_f64()));
        }
    }
}
