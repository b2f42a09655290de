//! Files of a run that were torn, changed, or mixed with those of another.

use super::*;

#[test]
fn death_at_every_byte_of_the_last_two_lines_loses_only_what_was_torn() {
    let (_guard, path) = temporary();
    let run = start(&path);
    let mut log_before = run.verdict_log(|_| true).unwrap();
    let order = [2, 0, 1, 5, 3];
    let mut ends = vec![0];
    for ordinal in order {
        log_before.append(&record(ordinal)).unwrap();
        ends.push(fs::metadata(path.join(VERDICTS)).unwrap().len() as usize);
    }
    drop(log_before);
    let whole = fs::read(path.join(VERDICTS)).unwrap();
    let expected = undisturbed();
    for length in ends[order.len() - 2]..=whole.len() {
        fs::write(path.join(VERDICTS), &whole[..length]).unwrap();
        let lines = ends.iter().filter(|&&end| end <= length).count() - 1;
        let mut judged = order[..lines].to_vec();

        // Reading leaves the file alone.
        let read: Vec<_> =
            RunDirectory::open(&path).unwrap().verdicts().unwrap().map(Result::unwrap).collect();
        assert_eq!(read.iter().map(|verdict| verdict.ordinal as usize).collect::<Vec<_>>(), judged);
        assert_eq!(fs::metadata(path.join(VERDICTS)).unwrap().len() as usize, length);

        // Resuming cuts off what was torn.
        let resumed = log(&path);
        judged.sort_unstable();
        assert_eq!(done(&resumed), judged, "cut at {length}");
        assert_eq!(fs::metadata(path.join(VERDICTS)).unwrap().len() as usize, ends[lines]);
        drop(resumed);
        assert_eq!(complete(&path), expected, "cut at {length}");
    }
}

#[test]
fn a_tail_of_garbage_is_dropped_and_garbage_elsewhere_is_an_error() {
    let (_guard, path) = temporary();
    drop(start(&path));
    for tail in ["\0\0\0\0", "\0\0\0\0\n", "\n", "\u{fffd}nonsense\n", line(4).trim_end()] {
        fs::write(path.join(VERDICTS), format!("{}{tail}", line(3))).unwrap();
        assert_eq!(done(&log(&path)), [3]);
        assert_eq!(fs::read_to_string(path.join(VERDICTS)).unwrap(), line(3));
    }
    fs::write(path.join(VERDICTS), format!("{}\0\0\n{}", line(3), line(4))).unwrap();
    let error = RunDirectory::resume(&path).unwrap().verdict_log(|_| true).unwrap_err();
    assert!(matches!(error, RecordError::VerdictLine { line: 2, .. }), "{error}");
    assert!(error.to_string().contains("verdicts.jsonl, line 2"), "{error}");
    let mut verdicts = RunDirectory::open(&path).unwrap().verdicts().unwrap();
    assert!(
        verdicts.next().unwrap().is_ok() && verdicts.next().unwrap().is_err() && verdicts.next().is_none()
    );
}

#[test]
fn what_no_crash_leaves_is_told_in_a_run_that_goes_on() {
    let (_guard, path) = temporary();
    drop(start(&path));
    let stripped = serde_json::to_string(&record(4)).unwrap() + "\n";
    let changed = line(4).replace("wrong_answer", "exited");
    let moved = line(4).replace("\"T/1\"", "\"T/2\"");
    for tail in [stripped, changed, moved, line(3), "{\"task_id\":\"T/0\"}\n".into()] {
        fs::write(path.join(VERDICTS), format!("{}{tail}", line(3))).unwrap();
        let error = read_all(&path).unwrap_err();
        assert!(matches!(error, RecordError::VerdictLine { line: 2, .. }), "{tail}: {error}");
        let error = RunDirectory::resume(&path).unwrap().verdict_log(|_| true).unwrap_err();
        assert!(matches!(error, RecordError::VerdictLine { line: 2, .. }), "{tail}: {error}");
    }
}

/// Every way to damage a finished run that was thought of: the file, what is done to its lines, and the line that the
/// error names.
#[test]
fn every_changed_and_every_lost_line_of_a_finished_run_is_told() {
    type Lines = Vec<String>;
    type Damage = Box<dyn Fn(&mut Lines)>;
    let seal_of = |line: &str| line[line.rfind(",\"seal\":").unwrap()..].to_owned();
    let cases: [(&str, &str, Damage, u64); 17] = [
        ("a verdict is changed", VERDICTS, Box::new(|l| l[2] = l[2].replace("inconclusive", "no_code")), 3),
        (
            "its fuel is",
            VERDICTS,
            Box::new(|l| l[6] = l[6].replace("0955", "0954").replace("1609", "1608")),
            7,
        ),
        ("the first is lost", VERDICTS, Box::new(|l| drop(l.remove(0))), 1),
        ("one in the middle is", VERDICTS, Box::new(|l| drop(l.remove(3))), 4),
        ("the last is", VERDICTS, Box::new(|l| drop(l.pop())), 7),
        ("all are", VERDICTS, Box::new(Vec::clear), 1),
        ("the last is torn", VERDICTS, Box::new(|l| l[6].truncate(40)), 7),
        ("only its end is", VERDICTS, Box::new(|l| assert_eq!(l[6].pop(), Some('\n'))), 7),
        ("one is doubled", VERDICTS, Box::new(|l| l.insert(3, l[2].clone())), 4),
        ("the last is doubled", VERDICTS, Box::new(|l| l.push(l[6].clone())), 8),
        ("two are swapped", VERDICTS, Box::new(|l| l.swap(1, 4)), 2),
        (
            "a seal is taken out",
            VERDICTS,
            { Box::new(move |l| l[5] = l[5].replace(&seal_of(&l[5]), "}\n")) },
            6,
        ),
        (
            "a completion is changed",
            COMPLETIONS,
            Box::new(|l| l[3] = l[3].replace("return 3", "return 4")),
            4,
        ),
        ("a completion is lost", COMPLETIONS, Box::new(|l| drop(l.remove(1))), 2),
        ("the last completion is", COMPLETIONS, Box::new(|l| drop(l.pop())), 7),
        ("a completion is doubled", COMPLETIONS, Box::new(|l| l.insert(1, l[0].clone())), 2),
        ("completions are swapped", COMPLETIONS, Box::new(|l| l.swap(0, 1)), 1),
    ];
    for (what, file, damage, expected) in cases {
        let (_guard, path) = temporary();
        finished(&path);
        read_all(&path).unwrap();
        let content = fs::read_to_string(path.join(file)).unwrap();
        let mut lines: Lines = content.split_inclusive('\n').map(str::to_owned).collect();
        damage(&mut lines);
        assert_ne!(lines.concat(), content, "{what}");
        fs::write(path.join(file), lines.concat()).unwrap();
        let resumed = RunDirectory::resume(&path).and_then(|run| run.verdict_log(|_| true)).map(drop);
        for error in [read_all(&path).unwrap_err(), resumed.unwrap_err()] {
            let line = match error {
                RecordError::VerdictLine { line, .. } | RecordError::CompletionLine { line, .. } => line,
                _ => 0,
            };
            assert_eq!(line, expected, "{what}: {error}");
            assert!(error.to_string().contains(&format!("{file}, line {expected}: ")), "{what}: {error}");
        }
    }
}

#[test]
fn a_changed_file_is_told_whatever_was_changed() {
    let (_guard, path) = temporary();
    finished(&path);
    for file in [RUN, SCORES, REFERENCES] {
        let content = fs::read(path.join(file)).unwrap();
        for place in 0..content.len() {
            let mut changed = content.clone();
            changed[place] ^= 1;
            fs::write(path.join(file), &changed).unwrap();
            assert!(read_all(&path).is_err(), "{file}, byte {place}");
            fs::write(path.join(file), &content[..place]).unwrap();
            assert!(read_all(&path).is_err(), "{file}, cut at {place}");
        }
        fs::write(path.join(file), &content).unwrap();
        read_all(&path).unwrap();
    }
    fs::remove_file(path.join(VERDICTS)).unwrap();
    let error = read_all(&path).unwrap_err();
    assert!(matches!(error, RecordError::VerdictLine { line: 1, .. }), "{error}");
}

#[test]
fn files_of_two_runs_do_not_mix() {
    let (_guard, path) = temporary();
    finished(&path);
    // The same completions, judged otherwise; and other completions, judged alike.
    let otherwise = path.with_file_name("otherwise");
    let mut writer = RunDirectory::create(&otherwise).unwrap();
    for (ordinal, task_id) in TASKS.iter().enumerate() {
        writer.append(&(*task_id).into(), &format!("    return {ordinal}\n"), Form::Continuation).unwrap();
    }
    drop(writer.close().unwrap().start(RunManifest { seed: 8, ..manifest() }).unwrap());
    let others = path.with_file_name("others");
    let mut writer = RunDirectory::create(&others).unwrap();
    for task_id in TASKS {
        writer.append(&task_id.into(), "    return None\n", Form::Continuation).unwrap();
    }
    drop(writer.close().unwrap().start(manifest()).unwrap());
    for other in [otherwise, others] {
        complete(&other);
        RunDirectory::open(&other).unwrap().write_reference_fuel(&BTreeMap::new()).unwrap();
        RunDirectory::open(&other).unwrap().write_scores(&json!({"pass@1": 0.5})).unwrap();
        for files in
            [&[VERDICTS][..], &[SCORES], &[VERDICTS, SCORES], &[COMPLETIONS, VERDICTS, SCORES], &[RUN]]
        {
            let (_guard, mixed) = temporary();
            fs::create_dir_all(&mixed).unwrap();
            for file in [RUN, COMPLETIONS, VERDICTS, SCORES, REFERENCES] {
                let from = if files.contains(&file) { &other } else { &path };
                fs::copy(from.join(file), mixed.join(file)).unwrap();
            }
            assert!(read_all(&mixed).is_err(), "{files:?} of {}", other.display());
            // Without scores it is a run that goes on, and no verdict of another is taken.
            let _ = fs::remove_file(mixed.join(SCORES));
            if files.contains(&VERDICTS) || files == [RUN] {
                assert!(read_all(&mixed).is_err(), "{files:?} of {} in a run that goes on", other.display());
            }
        }
    }
}
