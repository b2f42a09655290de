"""The examples of docs/python.md that need other packages; `run.py --drop-ins` installs these and runs this."""

from __future__ import annotations

import doctest
import os
import tempfile
import unittest
from pathlib import Path
from typing import Any

PAGE = Path(os.environ["KARAT_TESTS_ROOT"]) / "docs" / "python.md"


def load_tests(loader: unittest.TestLoader, tests: unittest.TestSuite, _: Any) -> unittest.TestSuite:
    """Run them in a folder of their own, since they write files."""
    before, text = PAGE.read_text(encoding="utf-8").split("\n## In place of other packages", 1)
    begins = before.count("\n") + 1
    examples = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), begins)
    folder = tempfile.TemporaryDirectory()
    before_them = os.getcwd()

    def leave(_: doctest.DocTest) -> None:
        os.chdir(before_them)
        folder.cleanup()

    tests.addTest(doctest.DocTestCase(examples, setUp=lambda _: os.chdir(folder.name), tearDown=leave))
    return tests


if __name__ == "__main__":
    unittest.main()
