//! The file system that a program finds in its cell: what Python can do with it, what limits it, and that no two cells
//! share it.

#[path = "../common/mod.rs"]
mod common;

mod cells;
mod library;

use std::time::Duration;

use karat::problem::Language;
use karat::runner::capabilities::Prelude;
use karat::runner::{Execution, Failure, Output, Ran};
use karat::sandbox::{Bytes, CellLimits, Fuel, Stop};

const LIMITS: CellLimits = CellLimits {
    fuel: Fuel(60_000_000_000),
    memory: Bytes::mebi(512),
    output: Bytes::mebi(1),
    wall: Duration::from_secs(600),
};

fn execute(program: &str, input: &str, limits: &CellLimits) -> Execution<Output> {
    let runner = common::runners().get(Language::Python).expect("it is installed");
    let prepared = runner.prepare(program, Prelude::None, 1, limits).expect("there is room for a cell");
    let prepared = prepared.result.expect("it is only taken as it is");
    let ran = runner.run(&prepared, input.into(), limits);
    ran.map(Ran::into_output).expect("there is room for a cell")
}

/// The output of a program that ends by itself.
#[track_caller]
fn printed(program: &str, input: &str) -> String {
    match execute(program, input, &LIMITS).result {
        Ok(Output { status: 0, text, .. }) => String::from_utf8(text).unwrap(),
        other => panic!("{program}\n{other:?}"),
    }
}

/// Checks the values of expressions, which are evaluated one after another in one cell. Where one raises, its value is
/// the class of the exception.
#[track_caller]
fn assert_values(setup: &str, expressions: &[(&str, &str)]) {
    let list: String =
        expressions.iter().map(|(expression, _)| format!("    lambda: ({expression}),\n")).collect();
    let program = format!(
        "import os, io, sys\n{setup}\nfor value in [\n{list}]:\n    try:\n        print(repr(value()))\n    \
         except Exception as error:\n        print(type(error).__name__)\n"
    );
    let output = printed(&program, "");
    let values: Vec<&str> = output.lines().collect();
    assert_eq!(values.len(), expressions.len(), "{output}");
    for ((expression, expected), value) in expressions.iter().zip(values) {
        assert_eq!(value, *expected, "{expression}");
    }
}

/// Functions of the tests below.
const WRITE_AND_READ: &str = "\
def write(path, text, mode='w'):
    with open(path, mode) as file:
        return file.write(text)
def read(path, mode='r'):
    with open(path, mode) as file:
        return file.read()";

#[test]
fn files_are_written_and_read() {
    assert_values(
        WRITE_AND_READ,
        &[
            ("os.getcwd()", "'/'"),
            ("os.listdir('.')", "[]"),
            ("os.listdir('/tmp')", "[]"),
            ("read('a.txt')", "FileNotFoundError"),
            ("write('a.txt', 'one\\ntwo\\n')", "8"),
            ("read('a.txt')", "'one\\ntwo\\n'"),
            ("write('a.txt', 'three\\n', 'a')", "6"),
            ("open('a.txt').readlines()", "['one\\n', 'two\\n', 'three\\n']"),
            ("[line.strip() for line in open('/a.txt')]", "['one', 'two', 'three']"),
            ("read('./a.txt', 'rb')", "b'one\\ntwo\\nthree\\n'"),
            ("write('a.txt', 'x', 'x')", "FileExistsError"),
            ("write('b.txt', 'x', 'x')", "1"),
            ("write('a.txt', 'anew')", "4"),
            ("read('a.txt')", "'anew'"),
            (
                "os.path.exists('a.txt'), os.path.isfile('a.txt'), os.path.isdir('a.txt')",
                "(True, True, False)",
            ),
            ("os.path.exists('c.txt'), os.path.exists('/tmp'), os.path.isdir('.')", "(False, True, True)"),
            ("os.path.getsize('a.txt')", "4"),
            ("os.access('a.txt', os.R_OK | os.W_OK)", "True"),
            ("open('.')", "IsADirectoryError"),
            ("open('a.txt/b')", "NotADirectoryError"),
            ("open('n' * 256, 'w')", "OSError"),
            ("write('é.txt', 'ü')", "1"),
            ("os.listdir()", "['a.txt', 'b.txt', 'é.txt']"),
            ("os.path.abspath('a.txt'), os.path.realpath('tmp/../a.txt')", "('/a.txt', '/a.txt')"),
            ("open('a.txt').write('x')", "UnsupportedOperation"),
            ("open('a.txt', 'w').read()", "UnsupportedOperation"),
        ],
    );
}

#[test]
fn files_are_sought_cut_and_changed_in_place() {
    let setup = "\
def in_place():
    with open('f', 'w+') as file:
        file.write('0123456789')
        file.seek(3)
        first = file.read(2)
        file.seek(3)
        file.write('AB')
        file.seek(0)
        second = file.read()
        file.truncate(4)
        return first, second, file.seek(0, 2), file.tell()
def unbuffered():
    with open('f', 'w+b', buffering=0) as file:
        file.write(b'0123456789')
        file.seek(2)
        first = file.read(3)
        file.write(b'XY')
        second = file.read(2), file.tell()
        file.seek(0)
        return first, second, file.read()
def beyond():
    with open('gap', 'wb') as file:
        file.seek(4)
        file.write(b'x')
    return open('gap', 'rb').read()
def append(mode):
    with open('log', mode) as file:
        file.write('three\\n' if 'b' not in mode else b'three\\n')
        file.seek(0)
        first = file.readline()
        second = file.tell(), file.read()
        file.seek(2)
        file.write('!' if 'b' not in mode else b'!')
    return first, second, open('log').read()
def descriptors():
    file = os.open('d', os.O_RDWR | os.O_CREAT)
    os.write(file, b'abc')
    os.lseek(file, 1, os.SEEK_SET)
    read = os.read(file, 10)
    os.ftruncate(file, 2)
    os.pwrite(file, b'zz', 4)
    os.fsync(file)
    result = read, os.fstat(file).st_size, os.pread(file, 10, 0)
    os.close(file)
    return result
def removed():
    with open('gone', 'w+') as file:
        file.write('still there')
        os.unlink('gone')
        file.seek(0)
        return file.read(), os.path.exists('gone')
def log(text):
    with open('log', 'w') as file:
        file.write(text)";
    assert_values(
        setup,
        &[
            ("in_place()", "('34', '012AB56789', 4, 4)"),
            ("unbuffered()", "(b'234', (b'78', 9), b'01234XY789')"),
            ("beyond()", "b'\\x00\\x00\\x00\\x00x'"),
            ("log('one\\n') or append('a+')", "('one\\n', (4, 'three\\n'), 'one\\nthree\\n!')"),
            ("log('one\\n') or append('ab+')", "(b'one\\n', (4, b'three\\n'), 'one\\nthree\\n!')"),
            ("open('log', 'a+').read()", "''"),
            ("open('log', 'a+', buffering=0)", "ValueError"),
            ("open('log', 'ab+', encoding='utf-8')", "ValueError"),
            ("open('log', 'a+', encoding='ascii').encoding", "'ascii'"),
            ("open('log', 'a+').mode, open('log', 'a+').name", "('a+', 'log')"),
            ("open('log', 'aw+')", "ValueError"),
            ("descriptors()", "(b'bc', 6, b'ab\\x00\\x00zz')"),
            ("removed()", "('still there', False)"),
            ("os.truncate('log', 2) or open('log').read()", "'on'"),
        ],
    );
}

#[test]
fn directories_are_made_listed_renamed_and_removed() {
    let setup = format!("import glob, pathlib, shutil\n{WRITE_AND_READ}");
    assert_values(
        &setup,
        &[
            ("os.mkdir('d')", "None"),
            ("os.mkdir('d')", "FileExistsError"),
            ("os.mkdir('x/y')", "FileNotFoundError"),
            ("os.makedirs('x/y/z', exist_ok=True)", "None"),
            ("os.makedirs('x/y/z', exist_ok=True)", "None"),
            ("write('x/y/z/f', 'deep')", "4"),
            ("write('b', '2') and write('a', '1')", "1"),
            ("os.listdir()", "['a', 'b', 'd', 'x']"),
            ("[entry.name for entry in os.scandir('.') if entry.is_dir()]", "['d', 'x']"),
            ("list(os.walk('x'))", "[('x', ['y'], []), ('x/y', ['z'], []), ('x/y/z', [], ['f'])]"),
            ("glob.glob('**/f', recursive=True)", "['x/y/z/f']"),
            ("sorted(map(str, pathlib.Path('x').rglob('*')))", "['x/y', 'x/y/z', 'x/y/z/f']"),
            ("os.rename('a', 'd/c')", "None"),
            ("os.replace('b', 'd/c') or read('d/c')", "'2'"),
            ("os.rename('nothing', 'x')", "FileNotFoundError"),
            ("os.rename('x', 'x/y/z/x')", "OSError"),
            ("os.rmdir('x')", "OSError"),
            ("os.remove('x')", "IsADirectoryError"),
            ("shutil.copy('d/c', 'e')", "'e'"),
            ("shutil.copytree('x', 'xx')", "'xx'"),
            ("shutil.move('xx', 'd')", "'d/xx'"),
            ("shutil.rmtree('x')", "None"),
            ("list(os.walk('.'))[0]", "('.', ['d'], ['e'])"),
            ("read('d/xx/y/z/f')", "'deep'"),
            (
                "os.chdir('d') or (os.getcwd(), os.listdir(), os.listdir('..'))",
                "('/d', ['c', 'xx'], ['d', 'e'])",
            ),
            ("read('c'), read('../e'), read('/e')", "('2', '2', '2')"),
            ("os.chdir('/')", "None"),
            ("os.remove('e')", "None"),
            ("os.remove('e')", "FileNotFoundError"),
            ("os.link('d/c', 'l') or (os.stat('l').st_nlink, os.path.samefile('l', 'd/c'))", "(2, True)"),
            ("os.readlink('l')", "OSError"),
            ("os.path.islink('l')", "False"),
            ("pathlib.Path('p').write_text('text'), pathlib.Path('p').read_text()", "(4, 'text')"),
            ("pathlib.Path('p').rename('q').name, pathlib.Path('q').exists()", "('q', True)"),
            ("pathlib.Path('q').unlink()", "None"),
            ("os.listdir('/')", "['d', 'l']"),
        ],
    );
}

#[test]
fn links_lead_to_files() {
    assert_values(
        &format!("import pathlib, shutil\n{WRITE_AND_READ}"),
        &[
            ("write('f', 'abc')", "3"),
            ("os.symlink('f', 'l'), os.link('f', 'h')", "(None, None)"),
            (
                "os.path.islink('l'), os.readlink('l'), read('l'), os.path.realpath('l')",
                "(True, 'f', 'abc', '/f')",
            ),
            ("os.stat('h').st_nlink, os.path.samefile('f', 'l'), os.lstat('l').st_size", "(2, True, 1)"),
            ("pathlib.Path('p').symlink_to('/tmp', target_is_directory=True)", "None"),
            (
                "write('p/x', '1'), os.listdir('/tmp'), [(e.name, e.is_symlink()) for e in os.scandir('.')]",
                "(1, ['x'], [('f', False), ('h', False), ('l', True), ('p', True)])",
            ),
            ("os.symlink('a', 'b'), os.symlink('b', 'a'), os.path.exists('a')", "(None, None, False)"),
            ("open('a')", "OSError"),
            ("os.symlink('f', 'l')", "FileExistsError"),
            ("os.readlink('f')", "OSError"),
            ("os.remove('l'), read('f'), shutil.rmtree('p')", "OSError"),
            ("os.path.lexists('l'), os.unlink('p'), os.listdir('/tmp')", "(False, None, ['x'])"),
        ],
    );
}

#[test]
fn devices_are_what_they_are_elsewhere() {
    let program = "\
import os, sys
with open('/dev/stdin') as file:
    lines = file.read().split()
print('to', os.devnull, file=open('/dev/null', 'w'))
with open('/dev/stdout', 'w') as file:
    print(lines, file=file)
with open('/dev/stdout', 'a') as file:
    print('more', file=file)
print('unseen', file=open('/dev/stderr', 'w'))
print(repr(open('/dev/null').read()), sys.stdin.read() == '')
print(os.listdir('/dev'), os.path.isfile('/dev/null'), os.path.exists('/dev/tty'))
with open('/dev/urandom', 'rb') as file:
    print(len(file.read(9)))
for act in (lambda: open('/dev/new', 'w'), lambda: os.remove('/dev/null'), lambda: os.rmdir('/tmp')):
    try:
        act()
    except OSError as error:
        print(type(error).__name__)
";
    let expected = "['a', 'b']\nmore\n'' True\n['null', 'random', 'stderr', 'stdin', 'stdout', 'urandom'] False \
                    False\n9\nPermissionError\nPermissionError\nOSError\n";
    assert_eq!(printed(program, "a\nb\n"), expected);
    // What goes to /dev/stdout is output like any other, with the same limits.
    let flood = "while True:\n    open('/dev/stdout', 'w').write('x' * 10_000)";
    assert_eq!(execute(flood, "", &LIMITS).result, Err(Failure::Stopped(Stop::OutputLimit)));
}
