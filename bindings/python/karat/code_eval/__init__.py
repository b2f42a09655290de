"""In place of ``code_eval`` of Hugging Face's ``evaluate``, and so of what lm-eval's HumanEval and MBPP are judged by.

``PATH`` is the folder that ``evaluate`` loads it from, without a network and without ``HF_ALLOW_CODE_EVAL``::

    import evaluate
    import karat.code_eval

    code_eval = evaluate.load(karat.code_eval.PATH)

A program that says ``evaluate.load("code_eval")``, as lm-eval does, gets it where a folder of that name is in the
directory that it is started in; ``python -m karat.code_eval`` says where the folder is::

    ln -s "$(python -m karat.code_eval)" code_eval
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from karat import Progress, _upstream

__all__ = ["PATH", "check"]

PATH = str(Path(__file__).resolve().parent)
"""The folder of the metric, for ``evaluate.load``."""


def check(
    predictions: Iterable[Sequence[str]],
    references: Iterable[str],
    num_workers: int | None = None,
    timeout: float = 3.0,
    progress: Progress = None,
) -> dict[int, list[tuple[int, dict[str, Any]]]]:
    """Judge the candidates for each task by the task's test, as ``code_eval`` does.

    Candidate and test are one text, so that a candidate can see what judges it; sealed judging, which ``karat.judge`` and
    ``karat.evaluate`` do, is for tests that are apart. A second of ``timeout`` is what native CPython does in it, as fuel.

    >>> results = check([["def add(a, b): return a + b", "def add(a, b): return a * b"]], ["assert add(2, 3) == 5"])
    >>> [(number, result["passed"], result["result"]) for number, result in results[0]]
    [(0, True, 'passed'), (1, False, 'failed: ')]
    """
    places, programs = [], []
    for task, (candidates, test) in enumerate(zip(predictions, references)):
        for number, candidate in enumerate(candidates):
            places.append((task, number))
            programs.append(f"{candidate}\n{test}")
    results: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for (task, number), judgement in zip(places, _upstream.execute(programs, timeout, num_workers, progress)):
        result = {
            "task_id": task,
            "passed": judgement.passed,
            "result": _upstream.result(judgement),
            "completion_id": number,
        }
        results[task].append((number, result))
    return results
