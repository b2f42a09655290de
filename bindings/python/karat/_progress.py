"""Progress of what takes long: by tqdm, where somebody looks and it is there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def shown(progress: bool | None) -> Iterator[Callable[[str, int, int], None] | None]:
    """What is to be told of stages, or nothing where nobody looks."""
    if progress is None:
        progress = _in_notebook() or sys.stderr is not None and sys.stderr.isatty()
    bar = _Bar.made() if progress else None
    try:
        yield bar
    finally:
        if bar is not None:
            bar.close()


def _in_notebook() -> bool:
    """Whether this is a Jupyter kernel; in a terminal, IPython is like any other program."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"


class _Bar:
    """A bar for the present stage."""

    def __init__(self, tqdm: Any) -> None:
        self.tqdm = tqdm
        self.bar: Any = None
        self.stage = ""

    @staticmethod
    def made() -> _Bar | None:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return None
        return _Bar(tqdm)

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self.stage:
            self.close()
            self.bar = self.tqdm(desc=stage, total=total or None, leave=False)
            self.stage = stage
        if total:
            self.bar.n = done
        self.bar.refresh()

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None
