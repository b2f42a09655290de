"""A sandbox for Inspect, ``sandbox="karat"``: programs in Python run in cells of their own, without Docker.

Inspect finds it by the entry point of this package. It executes ``python -c PROGRAM``, ``python FILE`` and ``python`` with
the program on standard input; any other command is not found, as in a container that has nothing but Python. Files that
were written into the sandbox are there for every program; what a program writes is gone when it ends. A timeout is
counted as fuel, 30 G a second, so that it does not depend on the machine.
"""

from __future__ import annotations

import base64
import re
from pathlib import PurePosixPath
from typing import Any

import anyio.to_thread
from inspect_ai.util import (
    ExecResult,
    OutputLimitExceededError,
    SandboxEnvironment,
    SandboxEnvironmentConfigType,
    sandboxenv,
)

import karat
from karat._karat import FUEL_OF_A_SECOND

SECONDS = 60
"""How long a program may take where nothing is said."""
OUTPUT = "10MiB"
"""How much it may write, which is Inspect's own limit."""
PYTHON = re.compile(r"(?:.*/)?python(?:3(?:\.\d+)?)?")


@sandboxenv(name="karat")
class KaratSandboxEnvironment(SandboxEnvironment):
    """The files of a sample, and the programs that are executed with them."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}

    @classmethod
    async def sample_init(
        cls, task_name: str, config: SandboxEnvironmentConfigType | None, metadata: dict[str, str]
    ) -> dict[str, SandboxEnvironment]:
        """Make a sandbox for a sample."""
        return {"default": cls()}

    @classmethod
    async def sample_cleanup(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        environments: dict[str, SandboxEnvironment],
        interrupted: bool,
    ) -> None:
        """Nothing is left of a sandbox."""

    async def exec(
        self,
        cmd: list[str],
        input: str | bytes | None = None,
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        user: str | None = None,
        timeout: int | None = None,
        timeout_retry: bool = True,
        concurrency: bool = True,
    ) -> ExecResult[str]:
        """Execute a program."""
        stdin = input.decode(errors="replace") if isinstance(input, bytes) else input or ""
        program = self._program(cmd, stdin)
        if program is None:
            return ExecResult(False, 127, "", f"{cmd[0] if cmd else ''}: not found; Karat's sandbox has Python alone\n")
        source, arguments, stdin = program
        if self.files or env or len(arguments) > 1 or cwd:
            source = self._prepared(source, arguments, env or {}, cwd)
        limits = karat.Limits(fuel=int((timeout or SECONDS) * FUEL_OF_A_SECOND), output=OUTPUT)

        def run() -> karat.Execution:
            return karat.execute(source, stdin=stdin, limits=limits, progress=False)

        execution = await anyio.to_thread.run_sync(run)
        failure = execution.failure
        if failure is None:
            status = execution.status or 0
            return ExecResult(status == 0, status, execution.stdout, execution.stderr)
        if failure.verdict == "out_of_fuel":
            raise TimeoutError
        if failure.verdict == "output_limit":
            raise OutputLimitExceededError(OUTPUT, execution.stdout)
        return ExecResult(False, 1, execution.stdout, f"{execution.stderr}{_said(failure)}\n")

    def _program(self, cmd: list[str], stdin: str) -> tuple[str, list[str], str] | None:
        """A program with its arguments and its standard input, if the command is one."""
        if not cmd or PYTHON.fullmatch(cmd[0]) is None:
            return None
        match cmd[1:]:
            case []:
                return stdin, [""], ""
            case ["-", *arguments]:
                return stdin, ["-", *arguments], ""
            case ["-c", source, *arguments]:
                return source, ["-c", *arguments], stdin
            case [file, *arguments] if not file.startswith("-") and self._name(file) in self.files:
                source = self.files[self._name(file)].decode(errors="replace")
                return source, [file, *arguments], stdin
        return None

    def _prepared(self, source: str, arguments: list[str], env: dict[str, str], cwd: str | None) -> str:
        """The program, behind what writes the files that it is to find."""
        files = {name: base64.b64encode(content).decode() for name, content in self.files.items()}
        return (
            "def _begin():\n"
            "    import base64, os, sys\n"
            f"    for name, content in {files!r}.items():\n"
            "        if os.path.dirname(name):\n"
            "            os.makedirs(os.path.dirname(name), exist_ok=True)\n"
            "        with open(name, 'wb') as file:\n"
            "            file.write(base64.b64decode(content))\n"
            f"    os.environ.update({env!r})\n"
            f"    if {cwd!r}:\n"
            f"        os.makedirs({cwd!r}, exist_ok=True)\n"
            f"        os.chdir({cwd!r})\n"
            f"    sys.argv[:] = {arguments!r}\n"
            "    code = compile("
            f"{source!r}, {arguments[0]!r}, 'exec')\n"
            "    exec(code, globals())\n"
            "_begin()\n"
        )

    async def write_file(self, file: str, contents: str | bytes) -> None:
        """Put a file there."""
        self.files[self._name(file)] = contents.encode() if isinstance(contents, str) else contents

    async def read_file(self, file: str, text: bool = True) -> Any:
        """What was put into a file."""
        try:
            contents = self.files[self._name(file)]
        except KeyError:
            raise FileNotFoundError(file) from None
        return contents.decode() if text else contents

    @staticmethod
    def _name(file: str) -> str:
        return str(PurePosixPath(file))


def _said(failure: karat.Judgement) -> str:
    """What Python would say of it."""
    detail = failure.detail
    if "exception" in detail:
        location = detail.get("location")
        line = f" (line {location['line']}: {location['text']})" if location else ""
        return f"{detail['exception']}: {detail['message']}{line}"
    return f"{failure.verdict}: {detail.get('needs') or detail.get('reason') or detail.get('how') or detail}"
