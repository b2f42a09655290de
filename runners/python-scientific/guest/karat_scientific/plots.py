"""matplotlib, without a display. Its fonts and styles are files, which it looks for beside itself: not in the archive
that it comes from, but where files of that archive are unpacked."""

import importlib
import importlib.util
import os
import sys

_BESIDE = "/usr/share/matplotlib/__init__.pyc"
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
