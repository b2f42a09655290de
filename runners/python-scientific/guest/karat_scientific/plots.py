"""matplotlib, without a display. Its fonts and styles are files, which it looks for beside itself: not in the archive
that it comes from, but where files of that archive are unpacked."""

import contextlib
import importlib
import importlib.util
import io
import os
import sys

_BESIDE = "/usr/share/matplotlib/__init__.pyc"
_FONTS = "/usr/share/matplotlib/mpl-data/fonts/"
_CACHE = "/tmp/matplotlib"


def load():
    """Import it."""
    os.environ["MPLBACKEND"] = "Agg"
    os.environ["MPLCONFIGDIR"] = _CACHE
    spec = importlib.util.find_spec("matplotlib")
    spec.origin = _BESIDE
    module = sys.modules["matplotlib"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    importlib.import_module("matplotlib.pyplot")  # finds the fonts
    # Known by now.
    del os.environ["MPLBACKEND"], os.environ["MPLCONFIGDIR"]


@contextlib.contextmanager
def fonts_in_memory():
    """Where fonts are used for the first time that are kept for ever after. Their files stay open, which files do not where
    a snapshot is taken, so what is open are copies."""
    open_file = io.open

    def open_font(file, mode="r", *arguments, **keywords):
        opened = open_file(file, mode, *arguments, **keywords)
        if mode != "rb" or not isinstance(file, str) or not file.startswith(_FONTS):
            return opened
        with opened:
            font = _Font(opened.read())
        font.name = file
        return font

    io.open = open_font
    try:
        yield
    finally:
        io.open = open_file


class _Font(io.BytesIO):
    """A file in memory that has a name, too."""
