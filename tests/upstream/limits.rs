//! How much a completion may burn, insofar as verdicts show it.

use karat::complete::Answer;
use karat::judge::limits::REFERENCE_FACTOR;
use karat::judge::verdict::{Judging, Verdict};
use karat::problem::{Dataset, Solution};
use karat::runner::python::NATIVE_SECOND;
use karat::sandbox::Fuel;

use super::Case;

/// A program that never ends.
const ENDLESS: &str = "def solve(a):\n    while True:\n        a = a\n";

/// The limit that stops an endless program, sealed.
fn sealed_limit(case: &Case) -> Fuel {
    let reference = case.reference();
    let judged =
        case.judge().judge(&case.problem, Answer::program(ENDLESS), reference.as_ref(), Judging::Sealed);
    match judged.into_counted().verdict {
        Verdict::OutOfFuel { limit } => limit,
        other => panic!("{other:?}"),
    }
}

fn with_reference(loops: u32) -> Case {
    let mut case = Case::calls(Dataset::LiveCodeBench, &[("1", "1")]);
    let source = format!("def solve(a):\n    for _ in range({loops}):\n        pass\n    return a\n");
    case.problem.references = vec![Solution::new("reference", source)];
    case
}

#[test]
fn a_light_reference_allows_the_sets_time() {
    assert_eq!(
        sealed_limit(&with_reference(1)),
        NATIVE_SECOND.times(Dataset::LiveCodeBench.seconds() as f64)
    );
}

#[test]
fn a_heavy_reference_allows_ten_times_what_it_burns() {
    let case = with_reference(60_000_000);
    let burned = case.reference().unwrap().fuel(0).unwrap();
    let time = NATIVE_SECOND.times(Dataset::LiveCodeBench.seconds() as f64);
    assert!(burned.0 * REFERENCE_FACTOR > time.0, "heavy enough: {burned:?}");
    assert_eq!(sealed_limit(&case), Fuel(burned.0 * REFERENCE_FACTOR));
}

#[test]
fn without_a_reference_the_time_limit_of_problem_or_set_is_the_limit() {
    let mut case = Case::calls(Dataset::Karat, &[("1", "1")]);
    case.problem.limits.seconds = Some(0.1);
    assert_eq!(sealed_limit(&case), NATIVE_SECOND.times(0.1));
    case.problem.limits.fuel = Some(Fuel(50_000_000));
    assert_eq!(sealed_limit(&case), Fuel(50_000_000));
}

#[test]
fn a_reference_that_fails_a_test_sets_no_limit_for_it() {
    let mut case = with_reference(1);
    case.problem.references = vec![Solution::new("reference", "def solve(a):\n    return a + 1\n")];
    let run = case.reference().unwrap();
    assert_eq!((run.fuel(0), run.passes()), (None, false));
}

#[test]
fn upstream_times_are_fuel() {
    let case = Case::assertions(Dataset::Mbpp, "solve", "", &["assert solve(1) == 1"]);
    let program = format!("{ENDLESS}\nsolve(1)\n");
    let answer = Answer::program(&program);
    let compat = case.judge().judge(&case.problem, answer, None, Judging::Compat).into_counted();
    assert_eq!(compat.verdict, Verdict::OutOfFuel { limit: NATIVE_SECOND.times(3.0) });
}
