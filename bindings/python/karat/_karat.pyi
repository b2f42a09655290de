"""What the package calls; written in Rust."""

from collections.abc import Callable
from pathlib import Path

__all__ = [
    "FUEL_OF_A_SECOND",
    "KaratError",
    "KaratWarning",
    "LEAVES",
    "VERSION",
    "evaluate",
    "execute",
    "execute_as_upstream",
    "installed_files_are_in",
    "judge",
]

FUEL_OF_A_SECOND: int
LEAVES: str
VERSION: str

class KaratError(Exception):
    """What went wrong, and what to do."""

class KaratWarning(UserWarning):
    """What has to be known of results: the notes of the command line."""

def installed_files_are_in(folder: Path) -> None: ...
def evaluate(request: str, progress: Callable[[str, int, int], None] | None) -> str: ...
def judge(request: str, calls: bytes, progress: Callable[[str, int, int], None] | None) -> str: ...
def execute(request: str, progress: Callable[[str, int, int], None] | None) -> str: ...
def execute_as_upstream(request: str, progress: Callable[[str, int, int], None] | None) -> str: ...
