"""The guest of Karat's scientific Python runner: the light runner's guest, `karat_guest`, in an interpreter that has
numpy, pandas, SciPy, scikit-learn, matplotlib and more.

This is imported once, when the runner is installed, and a snapshot is taken. Importing these libraries takes seconds,
and so does what they do when they are used for the first time: all of that happens here, and a cell starts with it
done."""

import gc
import sys

import _host

import wit_world

from . import archive, libraries, plots, surroundings

surroundings.note()
archive.unpack_time_zones()


def _load():
    """What happens between the mending and the settling of the light runner's guest."""
    from . import array_files, lacking_here

    array_files.put_in_place()
    with plots.fonts_in_memory():
        plots.load()
        libraries.load()
        from . import first_uses

        first_uses.run()
    archive.leave_out_what_is_not_here()
    lacking_here.prepare()
    lacking_here.put_in_place()
    surroundings.leave_no_room_for_a_stack()


wit_world.once_mended(_load)

import karat_guest  # with all of the above in place

from . import by_value

archive.put_in_place()
surroundings.put_in_place()
by_value.put_in_place()
_world = karat_guest.WitWorld()
_REQUEST, _REPLY = b"r", b"d"


def turn():
    """What a cell executes: take the request, answer it."""
    _host.call(_REPLY + _world.handle(_host.call(_REQUEST)))


sys.stdout.flush()
gc.collect()
surroundings.check_files()
gc.freeze()
