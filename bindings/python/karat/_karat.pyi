"""What the package calls; written in Rust."""

from collections.abc import Callable
from pathlib import Path

__all__ = ["KaratError", "VERSION", "evaluate", "execute", "execute_as_upstream", "installed_files_are_in", "judge"]

VERSION: str

class KaratError(Exception):
    """What went wrong, and what to do."""

def installed_files_are_in(folder: Path) -> None: ...
def evaluate(request: str, progress: Callable[[str, int, int], None] | None) -> str: ...
def judge(request: str, calls: bytes, progress: Callable[[str, int, int], None] | None) -> str: ...
def execute(request: str, progress: Callable[[str, int, int], None] | None) -> str: ...
def execute_as_upstream(request: str, progress: Callable[[str, int, int], None] | None) -> str: ...
