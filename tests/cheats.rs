//! Completions that try to pass without solving the problem. None may pass under sealed judging, and each must get
//! the verdict that its second line names: `# verdict: exited`.

mod common;

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::Judging;
use karat::problem::load::load;
use karat::sandbox::Fuel;

#[test]
fn no_cheat_passes() {
    let set = load(&common::file("cheats/problem.json"), None).unwrap();
    let problem = &set.problems().next().unwrap().unwrap();
    let limits = Limits { fuel: Some(Fuel(20_000_000_000)), ..Limits::default() };
    let judge = Judge::new(common::runner(), limits, set.dataset);

    let reference = judge.judge(
        problem,
        Answer::continuation(&problem.reference().unwrap().source),
        None,
        Judging::Sealed,
    );
    assert_eq!(reference.sealed.unwrap().verdict.kind().name(), "passed", "an honest solution passes");

    let mut paths: Vec<_> =
        std::fs::read_dir(common::file("cheats")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut cheats = 0;
    let mut wrong = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "py")) {
        cheats += 1;
        let completion = std::fs::read_to_string(path).unwrap();
        let expected = completion.lines().nth(1).and_then(|line| line.strip_prefix("# verdict: ")).unwrap();
        let judgement =
            judge.judge(problem, Answer::continuation(&completion), None, Judging::Sealed).sealed.unwrap();
        let name = path.file_stem().unwrap().to_string_lossy();
        assert!(!judgement.open, "{name}: the completion opened the seal");
        if judgement.verdict.kind().name() != expected {
            wrong.push(format!("{name}: expected {expected}, got {:?}", judgement.verdict));
        }
    }
    assert!(cheats >= 70, "only {cheats} cheats were found");
    assert!(wrong.is_empty(), "{} of {cheats}:\n{}", wrong.len(), wrong.join("\n"));
}
