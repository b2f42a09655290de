"""What harnesses put before a program: names that completions written for a data set take for granted. They are
imported when the guest is built, so that a cell only copies a dictionary."""

import sys

_SOURCES = {
    "": "",
    # What APPS imports; numpy, which it imports too as `np`, does not exist here.
    "apps": """
import sys, time, itertools, collections, math, fractions, random, heapq
from itertools import accumulate, combinations, permutations, product
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from functools import lru_cache
from math import ceil, cos, exp, fabs, floor, gcd, log, log2, sin, sqrt, tan
from typing import List, Tuple
from heapq import *
""",
    # What LiveCodeBench imports.
    "live_code_bench": """
from string import *
from re import *
from datetime import *
from collections import *
from heapq import *
from bisect import *
from copy import *
from math import *
from random import *
from statistics import *
from itertools import *
from functools import *
from operator import *
from io import *
from sys import *
from json import *
from builtins import *
from typing import *
import bisect, collections, copy, datetime, functools, heapq, io, itertools, json, math, operator, random, re
import statistics, string, sys
""",
}

# What LiveCodeBench's prelude allows besides: programs written for it recurse without asking.
_RECURSION_LIMITS = {"live_code_bench": 50_000}

_NAMESPACES = {}


class _Absent:
    """In the place of a module that a prelude imports and that does not exist here."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, _):
        raise ModuleNotFoundError(f"No module named {self._name!r}", name=self._name)


def prepare():
    """Execute every prelude, once."""
    for name, source in _SOURCES.items():
        names = {}
        exec(source, names)
        # Each program gets its own, and what these import would otherwise freeze the streams of the build.
        for changing in ("__builtins__", "stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__"):
            names.pop(changing, None)
        _NAMESPACES[name] = names
    _NAMESPACES["apps"]["np"] = _Absent("numpy")


def namespace(name):
    """A new namespace with what the prelude of that name defines; what else it does is done."""
    if name in _RECURSION_LIMITS:
        sys.setrecursionlimit(_RECURSION_LIMITS[name])
    return dict(_NAMESPACES[name])
