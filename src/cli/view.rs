//! `karat view`: the report of a run in a browser.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;

use super::Ending;
use super::report::ReportInputs;
use super::shared::ProgressArguments;
use crate::child;
use crate::evaluate::kept::VIEWS;
use crate::report::leaderboard::find_runs;
use crate::runner::install::cache_directory;
use crate::shown::shown;

/// How many reports are kept; older ones are removed.
const MOST_KEPT: usize = 10;

/// A browser that is still there after this long has started.
const STARTED: Duration = Duration::from_millis(500);

/// Open the report of a run, or of several, in a browser.
///
/// The report is written into the cache directory, which keeps the last ten. It is opened with what $BROWSER says, else
/// with xdg-open or open, and its path is printed. Of one run, the samples that did not pass are what is opened.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat view runs/samples
  karat view runs/gpt runs/claude --reveal-tests
  karat view runs/samples --no-open")]
pub(super) struct ViewArguments {
    #[command(flatten)]
    inputs: ReportInputs,

    /// Only print the path of the report's first page.
    #[arg(long)]
    no_open: bool,

    #[command(flatten)]
    progress: ProgressArguments,
}

pub(super) fn run(arguments: ViewArguments) -> anyhow::Result<Ending> {
    let views = cache_directory()?.join(VIEWS);
    let report = arguments.inputs.report(true, arguments.progress.quiet)?;
    report.tell_notes();
    let folder = views.join(key(&arguments.inputs)?);
    let page = report.write_to_open(&folder, arguments.progress.quiet)?;
    remove_old(&views, &folder);
    let opened = !arguments.no_open && open(&page);
    let mut stdout = io::stdout().lock();
    if opened || arguments.no_open {
        writeln!(stdout, "{}", page.display())?;
    } else {
        writeln!(stdout, "No browser could be started; open {}", page.display())?;
    }
    Ok(Ending::Done)
}

/// A name for the report: the same for the same runs and options, so that looking again does not fill the disk.
fn key(inputs: &ReportInputs) -> anyhow::Result<String> {
    let mut hasher = blake3::Hasher::new();
    for run in find_runs(&inputs.runs)? {
        let path =
            fs::canonicalize(&run).with_context(|| format!("can not read {}", shown(run.display())))?;
        hasher.update(path.as_os_str().as_encoded_bytes()).update(b"\0");
    }
    hasher.update(&[u8::from(inputs.reveal_tests), u8::from(inputs.without_problems)]);
    hasher.update(inputs.title.as_deref().unwrap_or_default().as_bytes());
    Ok(hasher.finalize().to_hex()[..16].to_owned())
}

/// Removes all but the newest reports. What can not be removed stays: it does no harm.
fn remove_old(views: &Path, current: &Path) {
    let Ok(entries) = fs::read_dir(views) else { return };
    let mut others: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path != current)
        .map(|path| (fs::metadata(&path).and_then(|metadata| metadata.modified()).ok(), path))
        .collect();
    others.sort();
    let surplus = (others.len() + 1).saturating_sub(MOST_KEPT);
    for (_, path) in others.into_iter().take(surplus) {
        let _ = fs::remove_dir_all(path);
    }
}

/// Opens a page in the first browser that starts.
fn open(page: &Path) -> bool {
    let browsers = std::env::var_os("BROWSER").unwrap_or_default();
    let named = std::env::split_paths(&browsers).map(PathBuf::into_os_string);
    let usual = ["xdg-open", "open"].map(OsString::from);
    named.filter(|browser| !browser.is_empty()).chain(usual).any(|browser| start(&browser, page))
}

/// Whether the program started, and did not fail at once.
fn start(browser: &OsStr, page: &Path) -> bool {
    let child = child::command(browser)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    let start = Instant::now();
    while start.elapsed() < STARTED {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(10)),
            Err(_) => return false,
        }
    }
    true
}
