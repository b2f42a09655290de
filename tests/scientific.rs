//! The scientific interpreter: which programs it runs, what they find there, and that they are judged as by the usual one.

mod common;

use common::{calls_problem, judge_program, judge_with, stdio_problem};
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judgement, Verdict};
use karat::problem::{Comparison, Interpreter, Language, Problem, Test};
use karat::sandbox::{Bytes, Fuel};

const SCIENTIFIC: Option<Interpreter> = Some(Interpreter::PythonScientific);

/// The judgement on a function `solve(*arguments)` with this body, by assertions on it.
fn asserted(body: &str, tests: &str) -> Judgement {
    let problem = Problem {
        entry_point: Some("solve".into()),
        tests: vec![Test::asserting(tests)],
        ..Problem::new("p", Language::Python)
    };
    judge_program(&problem, &solve(body))
}

/// The judgement on such a function, by what it returns.
fn returned(body: &str, expected: &str) -> Judgement {
    judge_program(&calls_problem(&[("[]", expected)], Comparison::Values), &solve(body))
}

fn solve(body: &str) -> String {
    let indented: String = body.lines().map(|line| format!("    {line}\n")).collect();
    format!("def solve(*arguments):\n{indented}")
}

#[track_caller]
fn passes_sealed(body: &str, tests: &str) {
    let judgement = asserted(body, tests);
    assert_eq!((&judgement.verdict, judgement.open), (&Verdict::Passed, false), "{body}");
    assert_eq!(judgement.interpreter, SCIENTIFIC);
}

#[test]
fn the_text_of_program_and_tests_chooses_the_interpreter() {
    for (body, tests, interpreter) in [
        ("return 3", "assert solve() == 3", None),
        ("import numpy\nreturn 3", "assert solve() == 3", SCIENTIFIC),
        ("return 3", "import numpy as np\nassert np.equal(solve(), 3)", SCIENTIFIC),
        ("return '''\nimport numpy\n'''.count('numpy') + 2", "assert solve() == 3", None),
        ("import torch\nreturn 3", "assert solve() == 3", None),
    ] {
        let judgement = asserted(body, tests);
        assert_eq!(judgement.verdict, Verdict::Passed, "{body}");
        assert_eq!(judgement.interpreter, common::asked_for().or(interpreter), "{body}");
    }
    let asked = Problem { interpreter: SCIENTIFIC, ..stdio_problem(&[("", "(3, 15)\n")], Comparison::Exact) };
    let judgement = judge_program(&asked, "import sys\nprint(sys.version_info[:2])");
    assert_eq!((judgement.verdict, judgement.interpreter), (Verdict::Passed, SCIENTIFIC));
}

#[test]
fn the_libraries_work() {
    for (body, expected) in [
        ("import numpy as np\nreturn int(np.arange(5).sum())", "10"),
        (
            "import pandas as pd\nframe = pd.DataFrame({'k': list('aba'), 'v': [1, 2, 3]})\n\
             return frame.groupby('k').v.sum().to_dict()",
            "{'a': 4, 'b': 2}",
        ),
        (
            "from scipy import optimize\nreturn round(float(optimize.brentq(lambda x: x**2 - 2, 0, 2)), 6)",
            "1.414214",
        ),
        (
            "from sklearn.linear_model import LinearRegression\n\
             return round(float(LinearRegression().fit([[1], [2], [3]], [2, 4, 6]).coef_[0]), 6)",
            "2.0",
        ),
        ("from sklearn.datasets import load_iris\nreturn load_iris().data.shape", "(150, 4)"),
        (
            "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2], [3, 4])\n\
             axes.set_title('a title')\nfigure.savefig('figure.png')\nreturn open('figure.png', 'rb').read(4)[1:]",
            "b'PNG'",
        ),
        ("import sympy\nx = sympy.Symbol('x')\nreturn str(sympy.diff(x**3, x))", "'3*x**2'"),
        ("import sqlite3\nreturn sqlite3.connect(':memory:').execute('select 1 + 2').fetchone()", "(3,)"),
        (
            "import bz2, lzma\nreturn lzma.decompress(lzma.compress(bz2.decompress(bz2.compress(b'text'))))",
            "b'text'",
        ),
        ("import networkx as nx\nreturn nx.shortest_path(nx.path_graph(4), 0, 3)", "[0, 1, 2, 3]"),
        (
            "import openpyxl, pandas as pd\npd.DataFrame({'a': [1, 2]}).to_excel('t.xlsx', index=False)\n\
             return pd.read_excel('t.xlsx').a.tolist()",
            "[1, 2]",
        ),
        (
            "import yaml, bs4\nreturn yaml.safe_load('a: [1]'), bs4.BeautifulSoup('<p>x</p>', 'html.parser').p.text",
            "({'a': [1]}, 'x')",
        ),
        (
            "from PIL import Image\nImage.new('RGB', (2, 3)).save('i.png')\nreturn Image.open('i.png').size",
            "(2, 3)",
        ),
    ] {
        let judgement = returned(body, expected);
        assert_eq!(judgement.verdict, Verdict::Passed, "{body}");
        assert_eq!(judgement.interpreter, SCIENTIFIC, "{body}");
    }
}

#[test]
fn numbers_and_arrays_of_numpy_cross_by_value() {
    let arrays = "import numpy as np\n\
                  np.testing.assert_array_equal(solve([1, 2]), np.array([2, 4]))\n\
                  assert solve(np.array([[0.5]])).tolist() == [[1.0]]\n";
    passes_sealed("import numpy as np\nreturn np.array(arguments[0]) * 2", arrays);
    let judgement = asserted("import numpy as np\nreturn np.array([2, 5])", arrays);
    assert_eq!(judgement.verdict.kind().name(), "wrong_answer", "{judgement:?}");
    for value in [
        "np.array([], float)",
        "np.array(5)",
        "np.array([True, False])",
        "np.array([1 + 2j])",
        "np.array(['a', 'bcd'])",
        "np.array([b'x'])",
        "np.array(['2026-01-02'], 'datetime64[D]')",
        "np.array([[1, 2], [3, 4]], '>i2').T",
        "np.array([None, 'x', 7], object)",
        "np.float32(0.1)",
        "np.uint8(255)",
        "np.bool_(True)",
        "np.complex128(1j)",
    ] {
        let tests = format!(
            "import numpy as np\nexpected = {value}\ngot = solve()\nassert type(got) is type(expected)\n\
             assert np.asarray(got).shape == np.asarray(expected).shape\nassert (got == expected).all()\n"
        );
        passes_sealed(&format!("import numpy as np\nreturn {value}"), &tests);
    }
}

#[test]
fn a_number_of_numpy_is_the_number_that_it_equals() {
    for (body, expected, passes) in [
        ("import numpy as np\nreturn np.int64(3)", "3", true),
        ("import numpy as np\nreturn np.float64(0.5)", "0.5", true),
        ("import numpy as np\nreturn [np.int64(3), np.bool_(True)]", "[3, True]", true),
        ("import numpy as np\nreturn np.int64(4)", "3", false),
        ("import numpy as np\nreturn np.array([3])", "[3]", false),
    ] {
        let judgement = returned(body, expected);
        assert_eq!(judgement.verdict == Verdict::Passed, passes, "{body}: {judgement:?}");
    }
    passes_sealed("import numpy as np\nreturn np.int64(3)", "assert solve() == 3 and solve() + 1 == 4");
}

#[test]
fn what_equals_everything_equals_no_array() {
    let body = "import numpy as np\nclass Any(np.ndarray):\n    def __eq__(self, other):\n        return True\n    \
                def __array_function__(self, *_):\n        return True\nreturn np.zeros(2).view(Any)";
    let judgement = asserted(body, "import numpy as np\nassert np.array_equal(solve(), [1, 2])");
    assert_ne!(judgement.verdict, Verdict::Passed);
}

#[test]
fn what_is_missing_everywhere_is_unsupported_by_its_name() {
    for body in [
        "import numpy, torch\nreturn torch.tensor([1])",
        "import numpy\nimport tensorflow as tf\nreturn tf.constant(1)",
        "import pandas, requests\nreturn requests.get('http://example.org')",
    ] {
        let verdict = asserted(body, "assert solve()").verdict;
        let Verdict::Unsupported { needs } = &verdict else { panic!("{body}: {verdict:?}") };
        assert!(body.contains(needs.as_str()), "{needs}");
    }
    let verdict = asserted("import numpy.nothing_there\nreturn 1", "assert solve() == 1").verdict;
    let Verdict::Exception(raised) = &verdict else { panic!("{verdict:?}") };
    assert_eq!(raised.exception, "ModuleNotFoundError");
}

#[test]
fn a_program_finds_an_empty_directory_a_home_and_a_clock() {
    passes_sealed(
        "import numpy, os, tempfile, datetime\nassert os.listdir('.') == []\n\
         assert os.path.isdir(os.path.expanduser('~'))\n\
         with tempfile.NamedTemporaryFile('w+', dir=tempfile.gettempdir()) as file:\n    file.write('x')\n\
         return datetime.datetime.now().year",
        "assert solve() > 2000",
    );
}

#[test]
fn a_program_has_the_memory_that_it_has_in_the_usual_interpreter() {
    let memory = |mebibytes: u64, import: &str| {
        let program = format!("{import}\nx = bytearray(200 << 20)\nprint(len(x) >> 20)");
        let limits =
            Limits { fuel: Some(Fuel(30_000_000_000)), memory: Bytes::mebi(mebibytes), ..Limits::default() };
        judge_with(&stdio_problem(&[("", "200\n")], Comparison::Exact), &program, limits).verdict
    };
    for import in ["import math", "import numpy"] {
        assert_eq!(memory(320, import), Verdict::Passed, "{import}");
        assert!(matches!(memory(160, import), Verdict::OutOfMemory { .. }), "{import}");
    }
}

#[test]
fn fuel_is_the_same_each_time() {
    let body = "import numpy as np, pandas as pd\nrandom = np.random.rand(100)\n\
                return pd.Series(random).rolling(3).mean().sum() > len({str(number) for number in random})";
    let fuel = || asserted(body, "assert not solve()").fuel;
    let first = fuel();
    let threads: Vec<_> = (0..2).map(|_| std::thread::spawn(move || (fuel(), fuel()))).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), (first, first));
    }
}

/// All answers in the fixtures of a set: both ways of judging say what its harness, with the libraries, says.
fn every_answer_is_judged_as_elsewhere(set: &str, dataset: &str) {
    let published = common::file("fixtures/formats/published");
    let answers = published.join(format!("{set}-answers.jsonl"));
    let directory = tempfile::tempdir().unwrap();
    let output = common::karat()
        .current_dir(directory.path())
        .arg("score")
        .args([&answers, &published.join(format!("{set}.jsonl"))])
        .args([
            "--dataset",
            dataset,
            "--judging",
            "both",
            "--run-dir",
            "run",
            "--format",
            "json",
            "--allow-partial",
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdicts = common::json_lines(&directory.path().join("run/verdicts.jsonl"));
    let answers = common::json_lines(&answers);
    assert_eq!(verdicts.len(), answers.len());
    for (answer, verdict) in answers.iter().zip(&verdicts) {
        for judging in ["sealed", "compat"] {
            let passed = verdict[judging]["verdict"] == "passed";
            assert_eq!(passed, answer["passes"], "{dataset} {judging}: {answer}\n{verdict}");
            assert!(
                !["unsupported", "inconclusive"].contains(&verdict[judging]["verdict"].as_str().unwrap())
            );
        }
    }
    let scientific =
        verdicts.iter().filter(|verdict| verdict["sealed"]["interpreter"] == "python-scientific");
    assert!(scientific.count() * 2 > answers.len());
}

#[test]
fn answers_to_big_code_bench_are_judged_as_elsewhere() {
    every_answer_is_judged_as_elsewhere("bigcodebench", "bigcodebench");
}

#[test]
fn answers_to_ds_1000_are_judged_as_elsewhere() {
    every_answer_is_judged_as_elsewhere("ds-1000", "ds-1000");
}
