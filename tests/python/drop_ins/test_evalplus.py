"""EvalPlus's files beside EvalPlus; `run.py --drop-ins` installs it and runs this."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

SETS = Path(os.environ["KARAT_TESTS_ROOT"]) / "tests" / "fixtures" / "formats"
SAMPLES = {
    "humaneval": [
        ("HumanEval/0", "    return sum(numbers) / len(numbers) if numbers else 0.0\n"),
        ("HumanEval/0", "    return sum(numbers) / len(numbers)\n"),
        ("HumanEval/0", "    return 0.0\n"),
        ("HumanEval/99", '    return "".join(word[0] for word in name.split())\n'),
        ("HumanEval/99", "    return name[:1] + name[4:5]\n"),
        ("HumanEval/99", "    return (\n"),
    ],
    "mbpp": [
        ("Mbpp/2", "def similar_elements(first, second):\n    return tuple(x for x in first if x in second)\n"),
        ("Mbpp/2", "def similar_elements(first, second):\n    return (2,)\n"),
        ("Mbpp/115", "def all_empty(items):\n    return not any(items)\n"),
        ("Mbpp/115", "def all_empty(items):\n    return len(items) == 2\n"),
        ("Mbpp/252", "def distance(number):\n    return (number.real**2 + number.imag**2) ** 0.5\n"),
        ("Mbpp/252", "def distance(number):\n    return number\n"),
        ("Mbpp/295", "def sum_div(number):\n    return sum(d for d in range(1, number) if number % d == 0)\n"),
        ("Mbpp/295", "def sum_div(number):\n    return 7\n"),
    ],
}


class EvalPlus(unittest.TestCase):
    """Samples and results, both ways."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_in_folder(self, *words: str | Path, **environment: str) -> str:
        """What a command prints."""
        env = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache"), **environment}
        done = subprocess.run(words, cwd=self.folder, env=env, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def evalplus(self, dataset: str, samples: str) -> str:
        """What `evalplus.evaluate` prints, with the problems of this test."""
        words = [sys.executable, "-m", "evalplus.evaluate", "--dataset", dataset, "--samples", samples, "--parallel", "2"]
        names = {"humaneval": "HUMANEVAL_OVERRIDE_PATH", "mbpp": "MBPP_OVERRIDE_PATH"}
        return self.run_in_folder(*words, **{names[dataset]: str(self.folder / "set.jsonl")})

    def judged(self, dataset: str) -> list[str]:
        """Have Karat judge the samples, and write the run `model` in EvalPlus's files; tells the problems' names."""
        tasks = list(dict.fromkeys(task_id for task_id, _ in SAMPLES[dataset]))
        name = {"humaneval": "humaneval-plus.jsonl", "mbpp": "mbpp-plus.jsonl"}[dataset]
        problems = (SETS / name).read_text(encoding="utf-8").splitlines()
        wanted = [line for line in problems if json.loads(line)["task_id"] in tasks]
        (self.folder / "set.jsonl").write_text("".join(f"{line}\n" for line in wanted), encoding="utf-8")
        field = {"humaneval": "completion", "mbpp": "solution"}[dataset]
        lines = [json.dumps({"task_id": task_id, field: program}) for task_id, program in SAMPLES[dataset]]
        (self.folder / "model.jsonl").write_text("\n".join(lines))
        self.run_in_folder("karat", "score", "model.jsonl", "set.jsonl", "--judging", "compat")
        self.run_in_folder("karat", "export", "model", "ours.jsonl", "--as", "evalplus")
        return tasks

    def results(self, name: str) -> dict[str, list[dict[str, Any]]]:
        """The results in a file."""
        results: dict[str, list[dict[str, Any]]] = json.loads((self.folder / name).read_text())["eval"]
        return results

    def both_say_the_same(self, dataset: str) -> None:
        """EvalPlus evaluates what Karat wrote, and prints the same scores from Karat's results."""
        tasks = self.judged(dataset)
        (self.folder / "theirs.jsonl").write_bytes((self.folder / "ours.jsonl").read_bytes())
        printed = self.evalplus(dataset, "theirs.jsonl")
        ours, theirs = self.results("ours_eval_results.json"), self.results("theirs_eval_results.json")
        self.assertEqual(list(ours), tasks)
        for task_id in tasks:
            for own, upstream in zip(ours[task_id], theirs[task_id], strict=True):
                if own["plus_status"] is None:  # a base test failed, and so no other ran
                    upstream["plus_status"], upstream["plus_fail_tests"] = None, []
                self.assertEqual(own, upstream)
        again = self.evalplus(dataset, "ours.jsonl")
        self.assertIn("Load from previous results", again)
        scores = [line for line in printed.splitlines() if "pass@1" in line]
        self.assertEqual([line for line in again.splitlines() if "pass@1" in line], scores)
        self.assertEqual(len(scores), 2)

    def test_evalplus_says_of_human_eval_plus_what_karat_says(self) -> None:
        self.both_say_the_same("humaneval")

    def test_evalplus_says_of_mbpp_plus_what_karat_says(self) -> None:
        self.both_say_the_same("mbpp")

    def test_karat_reads_what_evalplus_wrote(self) -> None:
        self.judged("humaneval")
        (self.folder / "theirs.jsonl").write_bytes((self.folder / "ours.jsonl").read_bytes())
        self.evalplus("humaneval", "theirs.jsonl")
        compared = json.loads(self.run_in_folder("karat", "compare", "model", "theirs_eval_results.json", "--format", "json"))
        self.assertEqual(compared["runs"][1]["name"], "theirs")
        self.assertEqual(compared["runs"][0]["score"], compared["runs"][1]["score"])
        self.assertEqual(compared["pairs"][0]["differences"][0]["other"], "EvalPlus")
        words = ["karat", "score", "theirs_eval_results.json", "set.jsonl", "--judging", "compat", "--format", "json"]
        score = json.loads(self.run_in_folder(*words))["compat"]["pass_at_k"][0]["value"]
        self.assertAlmostEqual(score, compared["runs"][1]["score"]["value"])

    def test_evalplus_reads_a_folder_of_programs(self) -> None:
        self.judged("humaneval")
        self.run_in_folder("karat", "export", "model", "programs", "--as", "evalplus")
        self.assertIn("Load from previous results", self.evalplus("humaneval", "programs"))
        from evalplus.data import load_solutions

        found = sorted((one["task_id"], one["solution"]) for one in load_solutions(self.folder / "programs"))
        lines = (self.folder / "ours.jsonl").read_text().splitlines()
        self.assertEqual(found, sorted((one["task_id"], one["solution"]) for one in map(json.loads, lines)))


if __name__ == "__main__":
    unittest.main()
