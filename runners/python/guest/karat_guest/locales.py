"""Locales: there is that of C. The interpreter's C library takes every name, and then does nothing by it."""

import locale

_set = locale._setlocale
_names = {"", "C", "POSIX", "C.UTF-8", "C.utf8", "C.UTF8", "C.utf-8", "c.utf8"}


class Missing(locale.Error):
    """A locale that there is elsewhere."""


Missing.__name__ = Missing.__qualname__ = "Error"
Missing.__module__ = "locale"


def put_in_place():
    """From now on other locales are refused."""
    locale._setlocale = _setlocale


def _setlocale(category, name=None):
    # The name of all categories together is a list, each with its own.
    for part in (name or "").split(";"):
        part = part.rpartition("=")[2]
        if part not in _names:
            is_real = locale.normalize(part).split(".")[0].split("@")[0] in _real()
            raise (Missing if is_real else locale.Error)("unsupported locale setting")
    return _set(category, name)


def _real():
    return {alias.split(".")[0].split("@")[0] for alias in locale.locale_alias.values()}
