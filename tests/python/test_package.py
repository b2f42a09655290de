"""The package as its users have it; `run.py` installs it and runs this."""

from __future__ import annotations

import doctest
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import types
import unittest
import warnings
from pathlib import Path
from typing import Any
from unittest import mock

import karat
import karat.code_eval

ROOT = Path(os.environ["KARAT_TESTS_ROOT"])
MINI = ROOT / "tests" / "fixtures" / "mini.jsonl"
SAMPLES = [
    {"task_id": "mini/add", "completion": "    return a + b\n"},
    {"task_id": "mini/add", "completion": "    return a - b\n"},
    {"task_id": "mini/words", "solution": "def words(text):\n    return text.upper().split()\n"},
    {"task_id": "mini/words", "completion": "    import torch\n    return torch.tensor(text.split())\n"},
]


def load_tests(loader: unittest.TestLoader, tests: unittest.TestSuite, _: Any) -> unittest.TestSuite:
    """Add the examples of the documentation."""
    tests.addTests(doctest.DocTestSuite(karat))
    tests.addTests(doctest.DocTestSuite(karat.code_eval))
    page = ROOT / "docs" / "python.md"
    own = page.read_text(encoding="utf-8").split("\n## In place of other packages", 1)[0]
    examples = doctest.DocTestParser().get_doctest(own, {}, page.name, str(page), 0)
    tests.addTest(doctest.DocTestCase(examples, optionflags=doctest.ELLIPSIS))
    return tests


class Evaluating(unittest.TestCase):
    """`karat.evaluate`."""

    def test_samples_of_a_program_get_scores_with_intervals_and_verdicts(self) -> None:
        results = karat.evaluate(SAMPLES, MINI, k=[1, 2], allow_partial=True)
        self.assertEqual(list(results.pass_at_k), [1, 2])
        one = results.pass_at_k[1]
        self.assertEqual((one.value, one.lower_bound, one.upper_bound, one.problems), (0.5, 0.5, 0.75, 2))
        self.assertTrue(0 < one.low < one.value < one.high < 1)
        self.assertEqual(results.pass_at_k[2].value, 1.0)
        self.assertEqual(results.verdicts, {"passed": 2, "wrong_answer": 1, "unsupported": 1})
        verdicts = [(sample.task_id, sample.sample, sample.judgement.verdict) for sample in results.samples]
        self.assertEqual(verdicts[:2], [("mini/add", 0, "passed"), ("mini/add", 1, "wrong_answer")])
        self.assertEqual(results.samples[3].judgement.detail["needs"], "torch")
        self.assertIn("pass@1: 0.5000", str(results))

    def test_both_judgings_are_told_apart(self) -> None:
        results = karat.evaluate(SAMPLES[:1], MINI, judging="both", allow_partial=True)
        sample = results.samples[0]
        assert sample.compat is not None
        self.assertTrue(sample.judgement.passed and sample.compat.passed)
        self.assertIn("compat", results.scores)

    def test_a_run_is_recorded_where_it_is_wanted_and_resumed(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "run"
            samples = ROOT / "tests" / "fixtures" / "mini-samples.jsonl"
            first = karat.evaluate(samples, MINI, run_dir=run)
            self.assertTrue((run / "scores.json").is_file())
            self.assertEqual(karat.evaluate(samples, MINI, run_dir=run, resume=True).verdicts, first.verdicts)

    def test_errors_have_the_words_of_the_command_line(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            samples = Path(folder) / "samples.jsonl"
            samples.write_text('{"task_id": "mini/ad", "completion": ""}\n')
            with self.assertRaises(karat.KaratError) as raised:
                karat.evaluate(samples, MINI, run_dir=Path(folder) / "one")
            words: list[str | Path] = ["karat", "score", samples, "--problems", MINI, "--run-dir", Path(folder) / "two"]
            said = subprocess.run(words, capture_output=True, text=True, check=False).stderr
            self.assertIn("mini/ad", str(raised.exception))
            self.assertIn(f"error: {raised.exception}", said)
        wrongs: list[dict[str, Any]] = [{"k": 0}, {"jobs": 0}, {"limits": karat.Limits(memory="little")}]
        for wrong in wrongs:
            with self.subTest(wrong), self.assertRaises(karat.KaratError):
                karat.evaluate(SAMPLES, MINI, allow_partial=True, **wrong)

    def test_what_the_command_line_notes_is_a_warning(self) -> None:
        problem = {
            "task_id": "HumanEval/0",
            "prompt": 'def f(x):\n    """A function."""\n',
            "contract": "",
            "entry_point": "f",
            "canonical_solution": "    print('.' * (17 << 20))\n    return x\n",
            "base_input": [[1]],
            "plus_input": [[3]],
            "atol": 0,
        }
        with tempfile.TemporaryDirectory() as folder:
            problems = Path(folder) / "set.jsonl"
            problems.write_text(json.dumps(problem) + "\n")
            samples = [{"task_id": "HumanEval/0", "completion": "    return x\n"}]
            with self.assertWarnsRegex(karat.KaratWarning, "^1 reference solution could not be measured: ") as warned:
                results = karat.evaluate(samples, problems)
            self.assertEqual(results.verdicts, {"inconclusive": 1})
            self.assertEqual(Path(warned.filename).name, Path(__file__).name)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with self.assertRaises(karat.KaratWarning):
                    karat.evaluate(samples, problems)

    def test_progress_is_shown_by_tqdm_if_there_is_one(self) -> None:
        class Bar:
            """Remembers how it was made."""

            made: list[tuple[str, int | None]] = []

            def __init__(self, desc: str, total: int | None, leave: bool) -> None:
                self.made.append((desc, total))
                self.n = 0

            def refresh(self) -> None:
                """Nobody looks."""

            def close(self) -> None:
                """Nothing is to be taken away."""

        auto = types.ModuleType("tqdm.auto")
        auto.tqdm = Bar  # type: ignore[attr-defined]
        with mock.patch.dict(sys.modules, {"tqdm": types.ModuleType("tqdm"), "tqdm.auto": auto}):
            karat.evaluate(SAMPLES, MINI, allow_partial=True, progress=True)
        self.assertIn(("judging", 4), Bar.made)
        with mock.patch.dict(sys.modules, {"tqdm": None, "tqdm.auto": None}):
            karat.evaluate(SAMPLES, MINI, allow_partial=True, progress=True)


class Judging(unittest.TestCase):
    """`karat.judge`."""

    def test_values_keep_their_types(self) -> None:
        program = "def same(x):\n    return x\n"
        for value in (2**70, 1.5, (1, [2]), {"a": {1, 2}}, b"\0", "\ud800", None, float("inf"), 1j):
            tests = [karat.Call([value], value)]
            with self.subTest(value=value):
                self.assertTrue(karat.judge(program, tests, entry_point="same", comparison="exact").passed)
        judgement = karat.judge(program, [karat.Call([(1,)], [1])], entry_point="same")
        self.assertEqual((judgement.verdict, judgement.detail["got"]), ("wrong_answer", "(1,)"))

    def test_what_can_not_be_judged_is_said(self) -> None:
        with self.assertRaisesRegex(karat.KaratError, "entry_point: name the function"):
            karat.judge("", [karat.Call([1], 1)])
        with self.assertRaisesRegex(karat.KaratError, "plain data"):
            karat.judge("", [karat.Call([object()], 1)], entry_point="f")
        with self.assertRaisesRegex(karat.KaratError, "there are none"):
            karat.judge("", [])
        with self.assertRaisesRegex(karat.KaratError, "no runner for cobol; those there are: python"):
            karat.judge("", "assert True", language="cobol")


class Executing(unittest.TestCase):
    """`karat.execute`."""

    def test_a_program_tells_its_streams_and_its_status(self) -> None:
        execution = karat.execute("import sys\nprint(input())\nprint('e', file=sys.stderr)\nsys.exit(3)", stdin="x\n")
        self.assertEqual((execution.stdout, execution.stderr, execution.status), ("x\n", "e\n", 3))
        self.assertIsNone(execution.failure)
        self.assertEqual(
            execution.fuel,
            karat.execute("import sys\nprint(input())\nprint('e', file=sys.stderr)\nsys.exit(3)", stdin="x\n").fuel,
        )

    def test_a_program_that_fails_says_why_and_what_it_printed(self) -> None:
        raised = karat.execute("print('before')\n1 / 0")
        assert raised.failure is not None
        self.assertEqual((raised.stdout, raised.status), ("before\n", None))
        self.assertEqual(raised.failure.detail["exception"], "ZeroDivisionError")
        self.assertEqual(raised.failure.detail["location"]["line"], 2)
        no_program = karat.execute("def")
        assert no_program.failure is not None
        self.assertEqual(no_program.failure.verdict, "syntax_error")
        large = karat.execute("print('x' * 100)", limits=karat.Limits(output=10))
        assert large.failure is not None
        self.assertEqual(large.failure.verdict, "output_limit")

    def test_other_threads_go_on_while_a_program_runs(self) -> None:
        begun, ended = threading.Event(), threading.Event()

        def run() -> None:
            begun.set()
            karat.execute("while True: pass", limits=karat.Limits(fuel="10G"))
            ended.set()

        thread = threading.Thread(target=run)
        thread.start()
        begun.wait()
        self.assertEqual(karat.execute("print(1)").stdout, "1\n")
        self.assertFalse(ended.is_set())
        thread.join()

    def test_ctrl_c_ends_what_takes_long(self) -> None:
        program = (
            "import karat\n"
            "karat.execute('')\n"
            "print('begun', flush=True)\n"
            "try:\n"
            "    karat.execute('while True: pass', limits=karat.Limits(fuel='10T'))\n"
            "except KeyboardInterrupt:\n"
            "    print('interrupted', flush=True)\n"
            "    import os; os._exit(0)\n"
        )
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            self.assertEqual(process.stdout.readline(), "begun\n")
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.stdout.readline(), "interrupted\n")

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork")
    def test_a_process_that_was_forked_is_told_to_be_spawned(self) -> None:
        program = (
            "import karat, os, sys\n"
            "karat.execute('')\n"
            "if os.fork() == 0:\n"
            "    try:\n"
            "        karat.execute('')\n"
            "    except karat.KaratError as error:\n"
            "        print(error, flush=True)\n"
            "    os._exit(0)\n"
            "os.wait()\n"
        )
        said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        self.assertIn("`spawn`", said)


class Installed(unittest.TestCase):
    """What is installed with the package."""

    def test_the_command_is_that_of_the_package(self) -> None:
        for words in (["karat"], [sys.executable, "-m", "karat"]):
            said = subprocess.run([*words, "--version"], capture_output=True, text=True, check=True).stdout
            self.assertTrue(said.startswith(f"karat {karat.__version__}"), said)

    def test_the_guest_was_not_built(self) -> None:
        karat.execute("")
        runner = Path(os.environ["KARAT_CACHE_DIR"]) / "runners" / "python"
        names = sorted(path.suffix for path in runner.iterdir())
        self.assertEqual(names, ["", ".cwasm", ".json"])
        verified = subprocess.run(["karat", "runners", "verify"], capture_output=True, text=True, check=False)
        self.assertIn("verified", verified.stdout)

    def test_licences_manual_and_completions_are_there(self) -> None:
        share = Path(sys.prefix) / "share"
        licences = (share / "doc" / "karat" / "THIRD-PARTY.txt").read_text(encoding="utf-8")
        for name in ("wasmtime ", "pyo3 ", "componentize_py-", "tzdata-", "CPython"):
            self.assertIn(name, licences)
        self.assertIn(".TH", (share / "man" / "man1" / "karat-score.1").read_text(encoding="utf-8"))
        for path in ("bash-completion/completions/karat", "zsh/site-functions/_karat"):
            self.assertIn("runners", (share / path).read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
