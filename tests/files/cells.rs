//! Files belong to one cell, are bounded and paid for, and the same on every run.

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judging, Verdict};
use karat::problem::{Dataset, Problem, Test, TestBody};

use super::*;

#[test]
fn times_and_numbers_are_the_same_on_every_run() {
    let program = "\
import os, tempfile, time
time.sleep(0.25)
open('a', 'w').close()
os.mkdir('d')
first = os.stat('a')
print(int(first.st_mtime - time.time()), first.st_mtime == int(first.st_mtime) // 1 + first.st_mtime % 1)
print(first.st_ino < os.stat('d').st_ino, tempfile.mkstemp()[1], first)
os.utime('a', (5, 6))
print(os.path.getatime('a'), os.path.getmtime('a'))
";
    let first = execute(program, "", &LIMITS);
    let Ok(output) = &first.result else { panic!("{first:?}") };
    assert!(String::from_utf8_lossy(&output.text).ends_with("5.0 6.0\n"), "{output:?}");
    for _ in 0..3 {
        assert_eq!(execute(program, "", &LIMITS), first);
    }
}

#[test]
fn files_are_bounded_and_paid_for() {
    let full = "\
try:
    with open('big', 'wb', buffering=0) as file:
        while True:
            file.write(bytes(1 << 20))
except OSError as error:
    print(type(error).__name__)
import os
print(os.path.getsize('big'))
try:
    os.truncate('big', 1 << 40)
except OSError as error:
    print(error.strerror)
try:
    for n in range(10_000):
        open(str(n), 'w').close()
except OSError as error:
    print(error.strerror, n > 4000)
";
    let expected = "OSError\n67108864\nFile too large\nNo space left on device True\n";
    assert_eq!(printed(full, ""), expected);
    let opened = "held = []\ntry:\n    while True:\n        held.append(open('f', 'a'))\nexcept (OSError, MemoryError):\n    \
                  print(len(held) > 1000)";
    assert_eq!(printed(opened, ""), "True\n");
    // Work that the host does for the guest ends with the guest's fuel.
    for endless in [
        "import os\nwhile True:\n    os.path.exists('a/' * 2000)",
        "import os\nwhile True:\n    os.listdir('/dev')",
        "file = open('f', 'w+b', buffering=0)\nwhile True:\n    file.truncate(0)\n    file.truncate(60 << 20)",
        "file = open('/dev/zero' if False else '/dev/urandom', 'rb', buffering=0)\nwhile True:\n    file.read(1 << 20)",
        "file = open('/dev/null', 'wb', buffering=0)\nwhile True:\n    file.write(b'x' * (1 << 20))",
    ] {
        let limits = CellLimits { fuel: Fuel(20_000_000_000), wall: Duration::from_secs(120), ..LIMITS };
        assert_eq!(execute(endless, "", &limits).result, Err(Failure::Stopped(Stop::OutOfFuel)), "{endless}");
    }
}

#[test]
fn cells_share_no_files() {
    let program = "import os\nprint(os.listdir('.'), os.listdir('/tmp'))\nopen('leak', 'w').write('x' * 1000)\n\
                   open('/tmp/leak', 'w').close()\nos.mkdir('d')\nos.chdir('d')";
    for _ in 0..5 {
        assert_eq!(printed(program, ""), "[] []\n");
    }
    // Tests run in a cell of their own, which does not have the files that the candidate writes.
    let problem = Problem {
        prompt: "def solve(name):\n".into(),
        entry_point: Some("solve".into()),
        tests: vec![Test::hidden(TestBody::Assertions {
            source: "def check(candidate):\n    import os\n    open('mine', 'w').close()\n    \
                     assert candidate('a') == ['a']\n    assert candidate('b') == ['a', 'b']\n    \
                     assert os.listdir() == ['mine']\n"
                .into(),
            calls_check: true,
        })],
        ..Problem::new("files/0", Language::Python)
    };
    let body = "    import os\n    open(name, 'w').write('x')\n    return os.listdir()\n";
    let judge = Judge::new(common::runners(), Limits::default(), Dataset::HumanEval);
    let judgement = judge.judge(&problem, Answer::continuation(body), None, Judging::Sealed).into_counted();
    assert_eq!(judgement.verdict, Verdict::Passed);
    assert!(!judgement.open);
}

#[test]
fn a_program_that_uses_no_file_burns_what_it_always_did() {
    let program = "print(sum(map(int, input().split())))";
    let without = execute(program, "1 2\n", &LIMITS);
    let Ok(_) = &without.result else { panic!("{without:?}") };
    let used = execute(&format!("open('f', 'w').close()\n{program}"), "1 2\n", &LIMITS);
    assert!(used.fuel > without.fuel);
    assert_eq!(execute(program, "1 2\n", &LIMITS), without, "in a cell that had files before");
}
