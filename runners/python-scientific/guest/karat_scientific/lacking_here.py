"""What is lacking in this runner. Much of what the light runner lacks is here; and what the libraries here raise, they
raise everywhere, but for what needs a file format, a network or a library in C that is not here."""

import os
import re
from urllib.error import URLError

from karat_guest import lacking, put_off

from . import archive

_with_light_list = lacking.missing
# Of what the light runner lacks, what is here.
_here = set()
# What of that is lacking nevertheless.
_not_here = set()
_real = set()
# The interpreter's replacements for modules in C, which fail where they are used.
_EMPTY_SHELLS = {"ctypes", "curses", "mmap"}
_QUOTED = re.compile(r"['`]([A-Za-z_]\w*)")


def prepare():
    """Read the list, and find out what is here."""
    with open(os.path.join(os.path.dirname(__file__), "lacking_here.txt")) as file:
        for line in file:
            if not line.startswith(("#", "[")):
                _not_here.update(line.split())
    archive.leave_out(_not_here)
    _real.update(put_off._names)
    _here.update(name for name in put_off._names - _EMPTY_SHELLS if archive.has(name))


def put_in_place():
    """From now on the light runner's guest knows it, too."""
    put_off._names.difference_update(_here)
    lacking.missing = missing


def missing(error):
    """As `karat_guest.lacking.missing`."""
    try:
        name = _library_fails(error) or _with_light_list(error)
        return "" if name.partition(".")[0] in _here and name not in _not_here else name.removeprefix("_")
    except BaseException:  # noqa: BLE001  (the program's exceptions can raise anything)
        return ""


def _library_fails(error):
    """What is missing where a library of those that are here says so by its own words."""
    library = lacking._library(error)
    if not library:
        return ""
    if isinstance(error, OSError) and library in _EMPTY_SHELLS:
        return library
    if library == "PIL" and isinstance(error, (OSError, ImportError)) and _PARTS.search(str(error)):
        return "parts-of-PIL"
    if isinstance(error, URLError) and str(error).endswith("unknown url type: https>"):
        return "ssl"
    if isinstance(error, ImportError):
        lacks = (name for name in _QUOTED.findall(str(error)) if name not in _here and name in _real | _not_here)
        return next(lacks, "")
    return ""


_PARTS = re.compile("^(en|de)coder .* not available|_imagingft|_imagingcms")
