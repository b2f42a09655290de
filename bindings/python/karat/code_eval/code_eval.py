"""The metric ``code_eval``, executed in Karat's sandbox.

``evaluate`` copies this file alone and imports the copy, so that all it needs is in the package ``karat``.
"""

from typing import Any

import datasets
import evaluate
import numpy

from karat.code_eval import check

DESCRIPTION = """\
Executes candidates with the tests of their tasks, each pair in a WebAssembly sandbox of its own, and computes pass@k as
HumanEval defines it."""
INPUTS = """\
Args:
    predictions: a list of candidates, as texts, for each task
    references: a test for each task, as a text
    k: the numbers of candidates for which pass@k is computed (default: [1, 10, 100])
    num_workers: how many threads execute them (default: 4)
    timeout: how long a candidate may take with its test, in seconds (default: 3.0), which are counted as fuel
Returns:
    pass_at_k: pass@k for each k of which every task has as many candidates
    results: the result of each candidate, by task"""


class CodeEval(evaluate.Metric):
    """``code_eval``'s features, arguments and results."""

    def _info(self) -> evaluate.MetricInfo:
        values = datasets.Value("string")
        return evaluate.MetricInfo(
            description=DESCRIPTION,
            citation="",
            inputs_description=INPUTS,
            features=datasets.Features({"predictions": datasets.Sequence(values), "references": values}),
            license="MIT OR Apache-2.0",
        )

    def _compute(
        self,
        predictions: list[list[str]],
        references: list[str],
        k: int | list[int] = [1, 10, 100],  # noqa: B006 - as code_eval has it
        num_workers: int = 4,
        timeout: float = 3.0,
    ) -> tuple[dict[str, Any], dict[int, list[tuple[int, dict[str, Any]]]]]:
        # lm-eval asks for one task at a time, for which there is no progress to be shown.
        progress = None if len(predictions) > 1 else False
        results = check(predictions, references, num_workers, timeout, progress)
        samples = numpy.array([len(of_task) for of_task in results.values()])
        passed = numpy.array([sum(result["passed"] for _, result in of_task) for of_task in results.values()])
        ks = k if isinstance(k, (list, tuple)) else [k]
        pass_at_k = {f"pass@{k}": _pass_at_k(samples, passed, k).mean() for k in ks if (samples >= k).all()}
        return pass_at_k, results


def _pass_at_k(samples: Any, passed: Any, k: int) -> Any:
    """The chance that one of k candidates passes, for each task, without bias."""

    def of_task(n: int, c: int) -> Any:
        return 1.0 if n - c < k else 1.0 - numpy.prod(1.0 - k / numpy.arange(n - c + 1, n + 1))

    return numpy.array([of_task(n, c) for n, c in zip(samples, passed)])
