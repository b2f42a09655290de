"""The library's module `resource`, which the interpreter does not have here: limits can be set, as programs that recurse
deeply do, and change nothing."""

import collections
import sys
import time
from types import ModuleType

_INFINITY = -1
_LIMITS = "CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME".split()
_FIELDS = (
    "ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap ru_inblock ru_oublock ru_msgsnd "
    "ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw"
)

struct_rusage = collections.namedtuple("struct_rusage", _FIELDS)
_limits = {number: (_INFINITY, _INFINITY) for number in range(len(_LIMITS))}
_limits[_LIMITS.index("STACK")] = (8 << 20, _INFINITY)


def put_in_place():
    """From now on `import resource` finds it."""
    module = sys.modules["resource"] = ModuleType("resource")
    vars(module).update({f"RLIMIT_{name}": number for number, name in enumerate(_LIMITS)})
    vars(module).update(
        RLIM_INFINITY=_INFINITY, RUSAGE_SELF=0, RUSAGE_CHILDREN=-1, RUSAGE_THREAD=1, error=OSError,
        struct_rusage=struct_rusage, getrlimit=getrlimit, setrlimit=setrlimit, getrusage=getrusage,
        getpagesize=getpagesize,
    )  # fmt: skip


def getrlimit(resource, /):
    if resource not in _limits:
        raise ValueError("invalid resource specified")
    return _limits[resource]


def setrlimit(resource, limits, /):
    _, most = getrlimit(resource)
    soft, hard = map(int, limits)
    if hard != _INFINITY and (soft == _INFINITY or soft > hard):
        raise ValueError("current limit exceeds maximum limit")
    if most != _INFINITY and (hard == _INFINITY or hard > most):
        raise ValueError("not allowed to raise maximum limit")
    _limits[resource] = (soft, hard)


def getrusage(who, /):
    if who not in (0, -1, 1):
        raise ValueError("invalid who parameter")
    used = time.process_time() if who >= 0 else 0.0
    return struct_rusage(used, 0.0, _MEMORY_IN_KIB, *[0] * 13)


_MEMORY_IN_KIB = 16384  # what a native interpreter has that has just started


def getpagesize():
    return 4096
