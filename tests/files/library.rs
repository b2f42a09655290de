//! Modules of Python's library that read and write files, and the files that a problem names.

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::Judging;
use karat::problem::{Comparison, Dataset, FileName, Problem, ProgramFiles};

use super::*;

#[test]
fn a_module_that_the_program_wrote_is_imported() {
    let program = "open('helper.py', 'w').write('VALUE = 3')\nimport helper\n\
                   print(helper.VALUE, helper.__file__, __file__)";
    assert_eq!(printed(program, ""), "3 /helper.py /program.py\n");
}

#[test]
fn temporary_files_come_and_go() {
    let setup = "\
import tempfile, pathlib
def named():
    with tempfile.NamedTemporaryFile('w+') as file:
        file.write('hello')
        file.seek(0)
        return os.path.dirname(file.name), file.read(), os.path.exists(file.name)
def unnamed():
    with tempfile.TemporaryFile() as file:
        file.write(b'hello')
        file.seek(1)
        return file.read(), os.listdir('/tmp')
def directory():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, 'a', 'b.txt')
        path.parent.mkdir(parents=True)
        path.write_text('text\\n')
        return path.read_text(), len(os.listdir(folder))
def kept():
    file, path = tempfile.mkstemp(suffix='.txt', dir='.')
    with os.fdopen(file, 'w') as stream:
        stream.write('kept')
    return open(path).read(), len(os.listdir('.'))";
    assert_values(
        setup,
        &[
            ("tempfile.gettempdir()", "'/tmp'"),
            ("named()", "('/tmp', 'hello', True)"),
            ("unnamed()", "(b'ello', [])"),
            ("directory()", "('text\\n', 1)"),
            ("os.listdir('/tmp')", "[]"),
            ("kept()", "('kept', 1)"),
        ],
    );
}

#[test]
fn modules_that_read_and_write_files_do() {
    let setup = "\
import csv, fileinput, gzip, json, pickle, sqlite3, tarfile, zipfile
def tables():
    with open('t.csv', 'w', newline='') as file:
        csv.writer(file).writerows([[1, 'a'], [2, 'b']])
    with open('t.csv', newline='') as file:
        return list(csv.reader(file))
def packed():
    with zipfile.ZipFile('z.zip', 'w') as file:
        file.write('t.csv')
    with tarfile.open('t.tar.gz', 'w:gz') as file:
        file.add('t.csv')
    with tarfile.open('t.tar.gz') as file:
        return zipfile.ZipFile('z.zip').namelist(), file.getnames()
def redirected():
    sys.stdout = open('out.txt', 'w')
    print('into the file')
    sys.stdout.close()
    sys.stdout = sys.__stdout__
    return open('out.txt').read()
def dumped(module, mode):
    with open('d', 'w' + mode) as file:
        module.dump({'a': [1]}, file)
    with open('d', 'r' + mode) as file:
        return module.load(file)";
    assert_values(
        setup,
        &[
            ("tables()", "[['1', 'a'], ['2', 'b']]"),
            ("packed()", "(['t.csv'], ['t.csv'])"),
            ("dumped(json, ''), dumped(pickle, 'b')", "({'a': [1]}, {'a': [1]})"),
            ("gzip.open('g', 'wt').write('x' * 99), len(gzip.open('g').read())", "(99, 99)"),
            ("[line for line in fileinput.input('t.csv')]", "['1,a\\n', '2,b\\n']"),
            ("redirected()", "'into the file\\n'"),
        ],
    );
    // The usual lines of contests that read and write files.
    let contest = "\
import sys
open('input.txt', 'w').write('2 3\\n')
sys.stdin = open('input.txt')
sys.stdout = open('output.txt', 'w')
print(sum(map(int, input().split())))
sys.stdout.close()
sys.stdout = sys.__stdout__
print(open('output.txt').read())";
    assert_eq!(printed(contest, ""), "5\n\n");
}

/// A problem whose statement names files, as CodeContests has them.
fn with_files(input: Option<&str>, output: Option<&str>) -> Problem {
    let name = |name: Option<&str>| name.map(|name| FileName::try_from(name.to_owned()).unwrap());
    Problem {
        files: ProgramFiles { input: name(input), output: name(output) },
        ..common::stdio_problem(&[("4\n", "8\n"), ("0\n", "0\n")], Comparison::CodeContests)
    }
}

#[test]
fn input_and_output_are_in_the_files_that_a_problem_names() {
    let judge = Judge::new(common::runners(), Limits::default(), Dataset::CodeContests);
    let verdict = |problem: &Problem, program: &str| {
        let judgement = judge.judge(problem, Answer::program(program), None, Judging::Sealed);
        judgement.into_counted().verdict.kind().name()
    };
    let both = with_files(Some("input.txt"), Some("output.txt"));
    let by_files = "n = int(open('input.txt').read())\nopen('output.txt', 'w').write(str(2 * n))";
    assert_eq!(verdict(&both, by_files), "passed");
    let redirects = "import sys\nsys.stdin = open('input.txt')\nsys.stdout = open('output.txt', 'w')\n\
                     print(2 * int(input()))";
    assert_eq!(verdict(&both, redirects), "passed", "not even closed");
    assert_eq!(verdict(&both, "print(2 * int(input()))"), "passed", "as the upstream harness has it");
    let contradicts = format!("{by_files}\nprint('debug')");
    assert_eq!(verdict(&both, &contradicts), "passed", "the file is the answer");
    let wrong = "print(2 * int(input()))\nopen('output.txt', 'w').write('9')";
    assert_eq!(verdict(&both, wrong), "wrong_answer");
    assert_eq!(verdict(&both, "open('output.txt', 'w').write('x' * (2 << 20))"), "output_limit");
    assert_eq!(verdict(&both, "import os\nos.mkdir('output.txt')\nprint(2 * int(input()))"), "passed");

    let input_only = with_files(Some("in.dat"), None);
    assert_eq!(verdict(&input_only, "print(2 * int(open('in.dat').readline()))"), "passed");
    assert_eq!(verdict(&input_only, by_files), "exception");
    let neither = with_files(None, None);
    assert_eq!(verdict(&neither, by_files), "exception");
    assert_eq!(verdict(&neither, "import os\nprint(2 * int(input()) if not os.listdir() else '')"), "passed");
}
