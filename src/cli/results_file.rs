//! Samples with their results, as files for other programs.

use std::io::Write;
use std::path::Path;

use super::whole_file::{can_be_written, write_whole};
use crate::record::RunDirectory;
use crate::report::escape::csv;
use crate::report::human_eval::result_line;
use crate::shown::shown;

/// What a file holds, by its name's ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExportFormat {
    /// human-eval's own: JSON lines.
    JsonLines,
    /// A table with a header.
    Csv,
}

impl ExportFormat {
    fn of(path: &Path) -> anyhow::Result<ExportFormat> {
        match path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).as_deref() {
            None | Some("jsonl") => Ok(ExportFormat::JsonLines),
            Some("csv") => Ok(ExportFormat::Csv),
            Some(_) => anyhow::bail!(
                "--export {}: what is to be in it is not known by this ending; those that are known are .jsonl \
                 (human-eval's results, a JSON object a line) and .csv",
                shown(path.display())
            ),
        }
    }
}

/// Refuses a file that can not be written for sure, before anything takes time.
pub(super) fn can_be_exported(path: &Path) -> anyhow::Result<()> {
    ExportFormat::of(path)?;
    can_be_written(path)
}

/// Writes each sample of a run with its result, whole or not at all.
pub(super) fn export(path: &Path, run: &RunDirectory) -> anyhow::Result<()> {
    let format = ExportFormat::of(path)?;
    write_whole(path, |file| {
        if format == ExportFormat::Csv {
            file.write_all(b"task_id,sample,verdict,passed,result,completion\n")?;
        }
        for (recorded, verdict) in run.completions()?.zip(run.verdicts()?) {
            let judgements = verdict?.record.judgements;
            let completion = recorded?.completion;
            let judgement = judgements.counted();
            let line = result_line(&completion, judgement);
            match format {
                ExportFormat::JsonLines => {
                    serde_json::to_writer(&mut *file, &line)?;
                    file.write_all(b"\n")?;
                }
                ExportFormat::Csv => writeln!(
                    file,
                    "{},{},{},{},{},{}",
                    csv(completion.task_id.as_str()),
                    completion.sample,
                    judgement.verdict.kind().name(),
                    line.passed,
                    csv(&line.result),
                    csv(&completion.completion)
                )?,
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_a_file_says_what_is_in_it() {
        let of = |name: &str| ExportFormat::of(Path::new(name));
        assert_eq!(of("a/results.csv").unwrap(), ExportFormat::Csv);
        assert_eq!(of("results.JSONL").unwrap(), ExportFormat::JsonLines);
        assert_eq!(of("results").unwrap(), ExportFormat::JsonLines);
        let error = of("results.xlsx").unwrap_err().to_string();
        assert!(
            error.contains("results.xlsx") && error.contains(".jsonl") && error.contains(".csv"),
            "{error}"
        );
    }
}
