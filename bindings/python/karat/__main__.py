"""``python -m karat``: the command, which is a program of its own beside the package."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def program() -> Path | None:
    """The command that was installed with this package."""
    for prefix in Path(__file__).resolve().parents[1:6]:
        path = prefix / "bin" / "karat"
        if path.is_file():
            return path
    return None


if __name__ == "__main__":
    found = program()
    if found is None:
        sys.exit("error: the command karat is not installed beside this package; install the wheel again")
    os.execv(found, ["karat", *sys.argv[1:]])
