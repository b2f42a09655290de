"""The archive that the interpreter's library is in. Cells have it, too: what is imported late is read from there."""

import marshal
import os
import sys
import zipimport

import karat_scientific

PATH = "/usr/local/lib/python315.zip"
_GUEST = os.path.dirname(os.path.dirname(karat_scientific.__file__))


def unpack_time_zones():
    """Put the time zones into the file in which the light runner's guest looks for them."""
    archive = zipimport.zipimporter(PATH)
    names = archive.get_data(f"{PATH}/tzdata/zones").decode().split()
    zones = {name: archive.get_data(f"{PATH}/tzdata/zoneinfo/{name}") for name in sorted(names)}
    with open(f"{_GUEST}/karat_guest/time_zones", "wb") as file:
        marshal.dump(zones, file, 2)


def leave_out(names):
    """From now on these modules are not in the archive, nor what is in them."""
    for place in [*_directory()]:
        name = _module_at(place)
        if any(name == left_out or name.startswith(f"{left_out}.") for left_out in names):
            del _directory()[place]
    for name in names:
        sys.modules.pop(name, None)


def leave_out_what_is_not_here():
    """A module of the standard library that could not be imported by now lacks what it is written for: it does not
    exist here, as in the light runner, and programs that import it are told so by its own name."""
    names = {_module_at(place) for place in _directory() if place.endswith(".pyc")} - {*sys.modules}
    leave_out({name for name in names if name.partition(".")[0] in sys.stdlib_module_names} | _NOT_FOR_PROGRAMS)


def has(name):
    """Whether it has a module of that name."""
    return f"{name}.pyc" in _directory() or f"{name}/__init__.pyc" in _directory()


def _directory():
    return zipimport.zipimporter(PATH)._get_files()


def _module_at(place):
    return place.removesuffix("/").removesuffix(".pyc").removesuffix("/__init__").replace("/", ".")


# What the interpreter's own host has to offer.
_NOT_FOR_PROGRAMS = {"host"}


def put_in_place():
    """From now on the archive is where what the program's own directory does not have is imported from. What is in it
    is known and stays so."""
    zipimport.zipimporter.invalidate_caches = lambda self: None
    sys.path.append(PATH)
    sys.path_hooks.insert(0, zipimport.zipimporter)
    sys.path_importer_cache.clear()
