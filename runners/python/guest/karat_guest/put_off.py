"""Imports of modules that are real, but not here, and that the program may turn out not to use.

Where nobody would handle that such an import fails, it is put off: the name stands for nothing, and whatever is done with
it fails as the import would have. So a program that imports what it does not use is judged by what it does."""

import dis
import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

_names = set()
_GUEST = __name__.partition(".")[0]
_PROGRAM = "<program>"  # as in `raised`, which is imported when this is in place


def prepare():
    """Read the list of what is real. To be called while there are files."""
    wanted = False
    with open(os.path.join(os.path.dirname(__file__), "lacking.txt")) as file:
        for line in file:
            if line.startswith("["):
                wanted = line.startswith(("[modules", "[packages"))
            elif wanted and not line.startswith("#"):
                _names.update(line.split())


def put_in_place():
    """From now on such imports are put off."""
    sys.meta_path.append(_Finder)


def take_away():
    """From now on no import is put off."""
    sys.meta_path.remove(_Finder)


def is_put_off(module):
    """Whether this stands for a module that is not here."""
    return type(module) is _PutOff


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if (name in _names or name.partition(".")[0] in _names) and _nobody_handles(sys._getframe(1)):
            return ModuleSpec(name, _Loader, is_package=True)
        return None


class _Loader:
    @staticmethod
    def create_module(spec):
        return _PutOff(spec.name)

    @staticmethod
    def exec_module(module):
        pass


def _nobody_handles(frame):
    """Whether this is an import by the program, and no handler is around it."""
    is_import = False
    while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        is_import |= frame.f_code.co_name == "_find_and_load"
        frame = frame.f_back
    if not is_import or frame is None or frame.f_code.co_filename != _PROGRAM:
        return False
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] != _GUEST:
        table = dis._parse_exception_table(frame.f_code)
        if any(entry.start <= frame.f_lasti < entry.end for entry in table):
            return False
        frame = frame.f_back
    return True


def _fail(name):
    name = name.partition(".")[0]
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


class _PutOff(ModuleType):
    def __getattr__(self, name):
        if name[:2] == "__" and name != "__all__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        frame = sys._getframe(1)
        code = frame.f_code
        if code.co_filename.startswith("<frozen importlib") or code.co_code[frame.f_lasti] == _IMPORT_FROM:
            if name != "__all__":
                return _Name(self.__name__)
        _fail(self.__name__)


_IMPORT_FROM = dis.opmap["IMPORT_FROM"]


class _Name:
    """What was imported from a module that was put off."""

    def __init__(self, module):
        object.__setattr__(self, "_karat_module", module)


def _failing(self, *_, **__):
    _fail(object.__getattribute__(self, "_karat_module"))


for _name in (
    "getattr setattr delattr call getitem setitem delitem iter next len contains reversed bool int float complex index round "
    "trunc floor ceil abs neg pos invert eq ne lt le gt ge hash str repr format bytes enter exit await aiter anext "
    "mro_entries instancecheck subclasscheck set_name get set delete fspath buffer dir reduce_ex copy deepcopy "
    "add radd iadd sub rsub isub mul rmul imul matmul rmatmul imatmul truediv rtruediv itruediv floordiv rfloordiv ifloordiv "
    "mod rmod imod divmod rdivmod pow rpow ipow lshift rlshift ilshift rshift rrshift irshift and rand iand xor rxor ixor "
    "or ror ior"
).split():
    setattr(_Name, f"__{_name}__", _failing)
