//! Tests by standard input and output: however a program reads, writes and ends, it is judged by what it wrote.

mod common;

use common::{judge_program, judge_with, stdio_problem};
use karat::judge::limits::Limits;
use karat::judge::verdict::Verdict;
use karat::problem::Comparison;
use karat::sandbox::{Bytes, Fuel};

/// The verdict on a program that gets `input` and has to write `expected`.
fn verdict(program: &str, input: &str, expected: &str) -> Verdict {
    judge_program(&stdio_problem(&[(input, expected)], Comparison::Exact), program).verdict
}

#[track_caller]
fn passes(program: &str, input: &str, expected: &str) {
    let verdict = verdict(program, input, expected);
    assert_eq!(verdict, Verdict::Passed, "{program}");
}

#[test]
fn every_way_to_read_standard_input_reads_it() {
    let ways = [
        "print(input(), input(), sep='|')",
        "a = input()\nprint(a, input(), sep='|')",
        "import sys\nprint('|'.join(sys.stdin.read().split('\\n')[:2]))",
        "import sys\nprint(sys.stdin.readline().strip(), sys.stdin.readline().strip(), sep='|')",
        "import sys\nprint('|'.join(line.strip() for line in sys.stdin))",
        "import sys\nprint('|'.join(map(str.strip, sys.stdin.readlines())))",
        "import sys\nprint(sys.stdin.read(3), sys.stdin.read().strip(), sep='|')",
        "import sys\nprint(b'|'.join(sys.stdin.buffer.read().split(b'\\n')[:2]).decode())",
        "import sys\nread = sys.stdin.buffer.readline\nprint(read().strip().decode(), read().strip().decode(), sep='|')",
        "import sys\nprint('|'.join(line.strip().decode() for line in sys.stdin.buffer))",
        "print('|'.join(open(0).read().split('\\n')[:2]))",
        "import os\nprint('|'.join(os.read(0, 100).decode().split('\\n')[:2]))",
        "import os\nprint('|'.join(os.fdopen(0).read().split('\\n')[:2]))",
        "import io, os, sys\nsys.stdin = io.TextIOWrapper(io.BytesIO(os.read(0, 1000)))\nprint(input(), input(), sep='|')",
        "import io, os\nread = io.BytesIO(os.read(0, os.fstat(0).st_size)).readline\nprint(read().strip().decode(), \
         read().strip().decode(), sep='|')",
        "import os\nprint('|'.join(os.read(0, 10**9).decode().split('\\n')[:2]))",
        "import fileinput\nprint('|'.join(line.strip() for line in fileinput.input()))",
        "import sys\ninput = sys.stdin.readline\nprint(input().strip(), input().strip(), sep='|')",
        "import sys\nit = iter(sys.stdin)\nprint(next(it).strip(), next(it).strip(), sep='|')",
        "from sys import stdin\nprint(*[line.rstrip() for line in stdin], sep='|')",
    ];
    for way in ways {
        passes(way, "one\ntwö\n", "one|twö\n");
    }
}

#[test]
fn objects_go_when_the_program_ends() {
    let program = "class Late:\n    def __init__(self, name):\n        self.name = name\n    def __del__(self):\n\
                   \x20       print('gone', self.name)\nb, _a = Late('b'), Late('a')\nimport atexit\n\
                   atexit.register(print, 'exit')\nprint('end')";
    passes(program, "", "end\nexit\ngone a\ngone b\n");
}

#[test]
fn a_prompt_goes_to_standard_output_and_the_end_of_input_raises() {
    passes("print(input('? ') + input('! '))", "a\nb", "? ! ab\n");
    let Verdict::Exception(raised) = verdict("input()\ninput()", "only one\n", "") else { panic!() };
    assert_eq!(raised.exception, "EOFError");
    passes("import sys\nprint(repr(sys.stdin.read()), repr(sys.stdin.readline()))", "", "'' ''\n");
}

#[test]
fn long_input_and_output_go_through() {
    let lines: String = (0..60_000).map(|number| format!("{number}\n")).collect();
    let program = "import sys\nfor line in sys.stdin:\n    print(int(line))";
    let problem = stdio_problem(&[(&lines, &lines)], Comparison::Exact);
    assert_eq!(judge_program(&problem, program).verdict, Verdict::Passed);
}

#[test]
fn every_way_to_write_standard_output_is_seen() {
    let ways = [
        "print('a', end='')",
        "import sys\nsys.stdout.write('a')",
        "import sys\nsys.stdout.buffer.write(b'a')",
        "import sys\nsys.stdout.buffer.write(b'a')\nsys.stdout.buffer.flush()",
        "import os\nos.write(1, b'a')",
        "import sys\nprint('a', end='', file=sys.__stdout__)",
        "import atexit\natexit.register(lambda: print('a', end=''))",
        "import io, os, sys\nsys.stdout = io.TextIOWrapper(io.FileIO(1, 'w', closefd=False))\nprint('a', end='')",
        "import os\nout = os.fdopen(1, 'w')\nout.write('a')",
        "import io, os\nclass Out(io.BytesIO):\n    pass\nout = Out()\nout.write(b'a')\nos.write(1, out.getvalue())",
        "import sys\nprint('not this', file=sys.stderr)\nprint('a', end='')",
        "import threading\nthread = threading.Thread(target=lambda: print('a', end=''))\nthread.start()\nthread.join()",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    print('not this')\nprint('a', end='')",
    ];
    for way in ways {
        passes(way, "", "a");
    }
    assert!(matches!(verdict("import sys\nsys.stderr.write('a')", "", "a"), Verdict::WrongAnswer(_)));
}

#[test]
fn a_program_may_end_in_many_ways() {
    for end in [
        "import sys; sys.exit()",
        "import sys; sys.exit(0)",
        "exit()",
        "quit(0)",
        "raise SystemExit",
        "import os, sys; sys.stdout.flush(); os._exit(0)",
        "import sys; sys.exit(False)",
    ] {
        passes(&format!("print('a')\n{end}\nprint('never')"), "", "a\n");
    }
    for end in ["import sys; sys.exit(1)", "import sys; sys.exit('no')", "exit(3)", "import os; os._exit(2)"]
    {
        let verdict = verdict(&format!("print('a')\n{end}"), "", "a\n");
        assert!(matches!(verdict, Verdict::Exited { .. }), "{end}: {verdict:?}");
    }
    passes("def main():\n    print('a')\nif __name__ == '__main__':\n    main()", "", "a\n");
    passes("import sys\nprint(sys.modules['__main__'].__name__, sys.argv)", "", "__main__ ['/program.py']\n");
}

#[test]
fn a_deep_recursion_in_a_thread_works_as_contest_programs_expect() {
    let program = "import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(1 << 27)\n\
                   def depth(n):\n    return 0 if n == 0 else 1 + depth(n - 1)\n\
                   def main():\n    print(depth(int(input())))\n\
                   thread = threading.Thread(target=main)\nthread.start()\nthread.join()";
    passes(program, "50000\n", "50000\n");
}

#[test]
fn tests_do_not_see_each_other() {
    let tests = [("1", "1 []\n"), ("1", "1 []\n"), ("1", "1 []\n")];
    let program = "import builtins, os, sys, tempfile\n\
                   builtins.count = getattr(builtins, 'count', 0) + 1\nsys.modules['left'] = sys\n\
                   print(builtins.count, [name for name in ['/left'] if os.path.exists(name)])\n\
                   with open('/left', 'w') as file:\n    file.write('x')\nassert os.path.exists('/left')";
    let judgement = judge_program(&stdio_problem(&tests, Comparison::Exact), program);
    assert_eq!(judgement.verdict, Verdict::Passed);
    assert_eq!(judgement.tests.map(|tests| (tests.total, tests.run, tests.passed)), Some((3, 3, 3)));
}

#[test]
fn the_first_failing_test_is_named_with_input_expected_and_got() {
    let tests = [("1\n", "2\n"), ("2\n", "4\n"), ("3\n", "6\n"), ("0\n", "0\n")];
    let problem = stdio_problem(&tests, Comparison::TrimmedLines);
    let judgement = judge_program(&problem, "n = int(input())\nprint(n * n + 1 if n else 0)");
    let counts = judgement.tests.unwrap();
    assert_eq!((counts.run, counts.passed, counts.failed), (4, 2, Some(1)));
    let Verdict::WrongAnswer(mismatch) = judgement.verdict else { panic!("{:?}", judgement.verdict) };
    assert_eq!(mismatch.input.as_deref(), Some("2\n"));
    assert_eq!(mismatch.expected.as_deref(), Some("4\n"));
    assert_eq!(mismatch.got.as_deref(), Some("5\n"));
}

#[test]
fn what_stops_a_program_is_its_verdict() {
    let named = |program: &str, limits: Limits| {
        judge_with(&stdio_problem(&[("", "a\n"), ("", "a\n")], Comparison::Exact), program, limits)
            .verdict
            .kind()
            .name()
    };
    let limits = Limits { fuel: Some(Fuel(2_000_000_000)), ..Limits::default() };
    assert_eq!(named("while True:\n    pass", limits), "out_of_fuel");
    assert_eq!(named("x = [0] * (10**9)", limits), "out_of_memory");
    let little = Limits { output: Bytes(1000), ..limits };
    assert_eq!(named("print('a' * 2000)", little), "output_limit");
    assert_eq!(named("def f(:", limits), "syntax_error");
    assert_eq!(named("1 / 0", limits), "exception");
    assert_eq!(named("import torch\nprint(torch.pi)", limits), "unsupported");
    assert_eq!(named("import os\nos.abort()", limits), "exception");
}

#[test]
fn the_line_that_raised_is_named() {
    let Verdict::Exception(raised) = verdict("import sys\n\n\nprint(1 // 0)\n", "", "") else { panic!() };
    let location = raised.location.unwrap();
    assert_eq!((location.line, location.text.as_str()), (4, "print(1 // 0)"));
}

#[test]
fn a_checker_decides_where_many_outputs_are_right() {
    let checker = "def check(input, expected, output):\n    a, b = map(int, output.split())\n    \
                   if a + b != int(input):\n        return f'{a} + {b} is not {input.strip()}'\n    return a > 0 and b > 0\n";
    let problem = stdio_problem(&[("10\n", ""), ("7\n", "")], Comparison::Checker { source: checker.into() });
    assert_eq!(judge_program(&problem, "n = int(input())\nprint(1, n - 1)").verdict, Verdict::Passed);
    let Verdict::WrongAnswer(mismatch) = judge_program(&problem, "print(5, 5)").verdict else { panic!() };
    assert_eq!(mismatch.message.as_deref(), Some("5 + 5 is not 7"));
    assert!(matches!(
        judge_program(&problem, "n = int(input())\nprint(0, n)").verdict,
        Verdict::WrongAnswer(_)
    ));
    // A checker that fails says nothing about the program.
    let verdict = judge_program(&problem, "print('x')").verdict;
    assert!(
        matches!(&verdict, Verdict::Inconclusive { reason } if reason.contains("ValueError")),
        "{verdict:?}"
    );
}
