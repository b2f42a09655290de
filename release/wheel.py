"""Build the Python wheel with the command and all that is installed with it: `python release/wheel.py [--out FOLDER]`.

It needs maturin. What maturin finds in the folder `karat._karat.data`, beside pyproject.toml, goes where a wheel's data
goes: the command to the scripts, the rest to the prefix.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from pathlib import Path

from stage import ROOT, command, stage, target_folder


def build(out: Path, profile: str, maturin: list[str], karat: Path | None = None) -> None:
    """Build the wheel into a folder; `maturin` are further options for it, and `karat` a command that is built already."""
    data = ROOT / "karat._karat.data"
    prefix = target_folder() / "stage"
    stage(prefix, karat or command(profile))
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    try:
        shutil.copytree(prefix / "bin", data / "scripts")
        shutil.copytree(prefix / "share", data / "data" / "share")
        words = ["maturin", "build", "--locked", "--profile", profile, "--out", os.fspath(out), *maturin]
        subprocess.run(words, cwd=ROOT, check=True)
    finally:
        shutil.rmtree(data)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("dist"), help="where the wheel goes")
    parser.add_argument("--profile", default="dist", help="cargo's profile")
    parser.add_argument("maturin", nargs="*", help="behind `--`: further options of maturin")
    arguments = parser.parse_args()
    build(arguments.out.resolve(), arguments.profile, arguments.maturin)


if __name__ == "__main__":
    main()
