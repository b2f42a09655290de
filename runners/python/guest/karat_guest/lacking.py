"""What an exception tells of that is not there. The host knows which of it is real (`lacking.txt`), and which exists nowhere."""

import errno
import sys
from types import ModuleType

from . import locales, put_off, threads

_NOT_HERE = {errno.ENOTSUP, errno.ENOSYS}
_LONGEST = 200


def missing(error):
    """The name of what is missing: a module, or a function behind its module's name and a point. Empty, if nothing is."""
    try:
        name = _missing(error) or _behind(error)
        return name[:_LONGEST] if type(name) is str else ""
    except BaseException:
        return ""


def _missing(error):
    if isinstance(error, ModuleNotFoundError):
        is_there = error.name in sys.modules and not put_off.is_put_off(sys.modules[error.name])
        return "" if is_there else error.name
    if isinstance(error, ImportError):
        module = sys.modules.get(error.name)
        return _attribute(module, error.name_from) if error.name_from else ""
    if isinstance(error, AttributeError):
        return _attribute(error.obj, error.name)
    if type(error) is locales.Missing:
        return "other-locales"
    if isinstance(error, OSError) and error.errno in _NOT_HERE:
        return _library(error) or "operating-system"
    if isinstance(error, NotImplementedError):
        return _library(error)
    return "waiting-threads" if type(error) is threads.Lacking else ""


def _attribute(module, name):
    """The name of what a module of the library has elsewhere."""
    if type(module) is not ModuleType or sys.modules.get(module.__name__) is not module or hasattr(module, name):
        return ""
    return f"{module.__name__}.{name}"


def _behind(error):
    """What the exception tells of that the library, not the program, made this one of."""
    cause = error.__cause__ or error.__context__
    return _missing(cause) if cause is not None and _library(error) and _library(cause) else ""


def _library(error):
    """The first part of the name of the library's module that raised an exception, empty if the program did."""
    traceback, module = error.__traceback__, ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        module = traceback.tb_frame.f_globals.get("__name__") if code.co_filename[:1] != "<" else ""
        traceback = traceback.tb_next
    return module.split(".")[0] if type(module) is str else ""
