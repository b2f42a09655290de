"""Karat tells how good a code-generating model is.

Completions are executed in a WebAssembly sandbox, judged by tests that they can not see, and scored as pass@k with a
95 % interval. The same completions get the same verdicts on every machine. Three functions do what the command
``karat`` does:

* :func:`evaluate` judges samples of a problem set and scores them,
* :func:`judge` judges one program by tests that you give,
* :func:`execute` executes one program.

They may be called from several threads at once; other threads of Python go on while programs run. What goes wrong is a
:class:`KaratError`, with the message of the command line; its notes on results are warnings, :class:`KaratWarning`.
"""

from __future__ import annotations

import json
import marshal
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from karat import _karat, _progress
from karat._karat import KaratError, KaratWarning

__all__ = [
    "Call",
    "Estimate",
    "Execution",
    "Judgement",
    "KaratError",
    "KaratWarning",
    "Limits",
    "Results",
    "Sample",
    "Stdio",
    "evaluate",
    "execute",
    "judge",
]
__version__ = _karat.VERSION

Progress = bool | None
"""Whether to show progress; where nothing is said, in a notebook or a terminal that has tqdm."""


def _installed_files() -> None:
    """Name the folder ``share/karat`` of the prefix that this package is installed in."""
    for prefix in Path(__file__).resolve().parents[1:6]:
        folder = prefix / "share" / "karat"
        if folder.is_dir():
            _karat.installed_files_are_in(folder)
            return


_installed_files()


@dataclass(frozen=True)
class Limits:
    """What a program may use. What is ``None`` is as the problem or Karat has it.

    Fuel is about one unit for each WebAssembly instruction; 30 G are what native CPython does in a second. Amounts are
    numbers or texts as on the command line:

    >>> Limits(fuel="30G", memory="512MiB")
    Limits(fuel='30G', memory='512MiB', output=None)
    """

    fuel: int | str | None = None
    memory: int | str | None = None
    output: int | str | None = None


@dataclass(frozen=True)
class Estimate:
    """A score with its 95 % interval; verdicts that could not be reached give it bounds."""

    k: int
    value: float
    low: float
    high: float
    lower_bound: float
    upper_bound: float
    problems: int


@dataclass(frozen=True)
class Judgement:
    """The verdict on a program: ``passed``, ``wrong_answer``, ``exception``, ``out_of_fuel``, …"""

    verdict: str
    fuel: int
    open: bool = False
    """Whether the tests ran in the program's own cell, since they can not be sealed."""
    tests: Mapping[str, int] | None = None
    """How many tests there are, ran and passed."""
    interpreter: str | None = None
    """The interpreter that ran it, where that is not the language's usual one: ``python-scientific``."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What else the verdict says: ``expected`` and ``got``, ``exception`` and ``message``, …"""

    @property
    def passed(self) -> bool:
        """Whether all tests passed."""
        return self.verdict == "passed"

    @staticmethod
    def _of(record: dict[str, Any]) -> Judgement:
        rest = dict(record)
        verdict, fuel = rest.pop("verdict"), rest.pop("fuel", 0)
        open_, tests = rest.pop("open", False), rest.pop("tests", None)
        return Judgement(verdict, fuel, open_, tests, rest.pop("interpreter", None), rest)


@dataclass(frozen=True)
class Sample:
    """A sample that was judged."""

    task_id: str
    sample: int
    judgement: Judgement
    """By sealed judging, where that was asked for; else by the upstream harness's rules."""
    compat: Judgement | None = None
    """By the upstream harness's rules, where both were asked for."""


@dataclass(frozen=True)
class Results:
    """The scores of samples, and every verdict."""

    pass_at_k: Mapping[int, Estimate]
    """pass@k by k."""
    verdicts: Mapping[str, int]
    """How many samples got each verdict."""
    samples: Sequence[Sample]
    scores: Mapping[str, Any]
    """All scores, as ``scores.json`` of a run has them."""
    is_reference: bool
    """Whether the interpreter behaves like the reference build, so that verdicts are those of every other machine."""

    def __str__(self) -> str:
        lines = (
            f"pass@{k}: {score.value:.4f} ({score.low:.4f} – {score.high:.4f}), {score.problems} problems"
            for k, score in self.pass_at_k.items()
        )
        return "\n".join(lines)


@dataclass(frozen=True)
class Execution:
    """What a program wrote, and how it ended."""

    stdout: str
    stderr: str
    status: int | None
    """Its exit status; ``None`` where it did not come to its end."""
    failure: Judgement | None
    """Why it did not come to its end."""
    fuel: int
    """What it burned, which is the same on every machine."""


@dataclass(frozen=True)
class Call:
    """A test that calls the function ``entry_point``: its arguments and what it has to return.

    >>> Call((1, 2), 3)
    Call(arguments=(1, 2), expected=3)
    """

    arguments: Sequence[Any]
    expected: Any


@dataclass(frozen=True)
class Stdio:
    """A test that runs the whole program: standard input and what it has to print.

    >>> Stdio("1 2\\n", "3\\n")
    Stdio(input='1 2\\n', expected='3\\n')
    """

    input: str
    expected: str


Samples = str | os.PathLike[str] | Iterable[Mapping[str, Any]]


def evaluate(
    samples: Samples,
    problems: str | os.PathLike[str],
    k: int | Iterable[int] = (),
    *,
    judging: Literal["sealed", "compat", "both"] = "sealed",
    raw: bool = False,
    skip_invalid: bool = False,
    allow_partial: bool = False,
    all_tests: bool | None = None,
    limits: Limits | None = None,
    jobs: int | None = None,
    run_dir: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: Progress = None,
) -> Results:
    """Judge samples of a problem set and compute pass@k, as ``karat score`` does.

    ``samples`` is a file of any shape that the command reads, or the samples themselves: mappings with ``task_id`` and
    either ``completion``, which continues the problem's prompt, or ``solution``, a whole program. With ``raw`` they are
    a chat model's answers, and the programs are taken out of them. ``problems`` is a path or the name of a set. Without
    ``k`` it is 1, and 10 and 100 where every problem has as many samples.

    The run is recorded in ``run_dir``, from where ``resume`` goes on after an interruption; without it, nothing is kept.

    >>> program = "def agree_counts(first, second):\\n    return {**first, **second}\\n"
    >>> samples = [{"task_id": "starter/two-bird-walks", "solution": program}]
    >>> results = evaluate(samples, "starter", allow_partial=True)
    >>> results.pass_at_k[1].value
    0.0
    >>> results.samples[0].judgement.verdict
    'wrong_answer'
    """
    with tempfile.TemporaryDirectory(prefix="karat-") as folder:
        if not isinstance(samples, (str, os.PathLike)):
            samples = _written(samples, Path(folder) / "samples.jsonl")
        request = {
            "samples": os.fspath(samples),
            "problems": os.fspath(problems),
            "k": [k] if isinstance(k, int) else list(k),
            "judging": judging,
            "limits": _limits(limits),
            "jobs": jobs,
            "all_tests": all_tests,
            "raw": raw,
            "skip_invalid": skip_invalid,
            "allow_partial": allow_partial,
            "run_dir": os.fspath(run_dir) if run_dir is not None else str(Path(folder) / "run"),
            "resume": resume,
        }
        with _progress.shown(progress) as show:
            result = json.loads(_karat.evaluate(json.dumps(request), show))
    return _results(result)


def judge(
    program: str,
    tests: str | Iterable[Call | Stdio],
    *,
    language: str = "python",
    entry_point: str | None = None,
    comparison: str | Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    progress: Progress = None,
) -> Judgement:
    """Judge a program by tests that it can not see.

    ``tests`` are assertions, as a text, or calls of the function ``entry_point``, or runs of the whole program:

    >>> program = "def add(a, b):\\n    return a + b\\n"
    >>> judge(program, "assert add(1, 2) == 3").passed
    True
    >>> judge(program, [Call((1, 2), 3), Call(("a", "b"), "ba")], entry_point="add").detail["got"]
    "'ab'"
    >>> judge("print(int(input()) + 1)", [Stdio("1", "2")]).verdict
    'passed'

    Values are compared by Python's ``==`` and outputs by their lines; ``comparison`` names another rule of the table
    *When an answer is right*, with its parameters where it has any:

    >>> judge("print(0.1 + 0.2)", [Stdio("", "0.3")], comparison={"rule": "numbers", "relative": 1e-9}).passed
    True
    """
    assertions, calls, stdio = None, [], []
    if isinstance(tests, str):
        assertions = tests
    else:
        for test in tests:
            if isinstance(test, Call):
                calls.append((list(test.arguments), test.expected))
            elif isinstance(test, Stdio):
                stdio.append((test.input, test.expected))
            else:
                raise TypeError(f"tests: write Call or Stdio, not {type(test).__name__}")
    if assertions is None and not calls and not stdio:
        raise KaratError("tests: there are none, so that nothing can be judged")
    if calls and entry_point is None:
        raise KaratError("entry_point: name the function that the tests call")
    try:
        marshalled = marshal.dumps(calls, 2)
    except ValueError as error:
        raise KaratError("tests: arguments and expected values have to be plain data") from error
    request = {
        "program": program,
        "language": language,
        "entry_point": entry_point,
        "assertions": assertions,
        "stdio": stdio,
        "comparison": {"rule": comparison} if isinstance(comparison, str) else comparison,
        "limits": _limits(limits),
    }
    with _progress.shown(progress) as show:
        return Judgement._of(json.loads(_karat.judge(json.dumps(request), marshalled, show)))


def execute(
    code: str,
    *,
    language: str = "python",
    stdin: str = "",
    limits: Limits | None = None,
    progress: Progress = None,
) -> Execution:
    """Execute a program in a sandbox of its own: without network, with an empty file system and a virtual clock.

    >>> execute("print(input()[::-1])", stdin="stressed").stdout
    'desserts\\n'
    >>> endless = execute("while True: pass", limits=Limits(fuel="1G"))
    >>> endless.failure.verdict
    'out_of_fuel'
    """
    request = {"program": code, "language": language, "stdin": stdin, "limits": _limits(limits)}
    with _progress.shown(progress) as show:
        result = json.loads(_karat.execute(json.dumps(request), show))
    failure = result["failure"]
    return Execution(
        result["stdout"],
        result["stderr"],
        result["status"],
        None if failure is None else Judgement._of({**failure, "fuel": result["fuel"]}),
        result["fuel"],
    )


def _written(samples: Iterable[Mapping[str, Any]], path: Path) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for number, sample in enumerate(samples, 1):
            try:
                line = json.dumps(dict(sample))
            except (TypeError, ValueError) as error:
                raise KaratError(f"samples: sample {number} can not be written as JSON: {error}") from error
            file.write(line + "\n")
    return path


def _limits(limits: Limits | None) -> dict[str, str | None]:
    limits = limits or Limits()
    amounts = {"fuel": limits.fuel, "memory": limits.memory, "output": limits.output}
    return {name: None if amount is None else str(amount) for name, amount in amounts.items()}


def _results(result: dict[str, Any]) -> Results:
    summary = result["summary"]
    counted = summary.get("sealed") or summary["compat"]
    estimates = {}
    for score in counted["pass_at_k"]:
        fields = {name: score[name] for name in Estimate.__dataclass_fields__}
        estimates[score["k"]] = Estimate(**fields)
    samples = []
    for sample in result["samples"]:
        sealed, compat = sample["sealed"], sample["compat"]
        by_compat = None if compat is None else Judgement._of(compat)
        judgement = by_compat if sealed is None else Judgement._of(sealed)
        assert judgement is not None
        both = None if sealed is None else by_compat
        samples.append(Sample(sample["task_id"], sample["sample"], judgement, both))
    return Results(estimates, counted["verdicts"], samples, summary, result["is_reference"])
