"""The scientific interpreter's part of the guest. What is judged, and how it crosses, is `karat_guest`'s, as in the usual
interpreter; here is what makes an interpreter that takes turns speak with it, and what the libraries need."""

import gc
import marshal
import pkgutil
import sys
import zipimport

import _host

from . import libraries

_LIBRARY = "/usr/local/lib/python315.zip"


def _write_time_zones():
    """Where the guest reads them: it has them in one file."""
    names = pkgutil.get_data("tzdata", "zones").decode().split()
    zones = {name: pkgutil.get_data("tzdata", f"zoneinfo/{name}") for name in sorted(names)}
    with open("/karat/guest/karat_guest/time_zones", "wb") as file:
        file.write(marshal.dumps(zones, 2))


def _keep_the_library():
    """What is not imported by now can still be imported, from the archive, behind what the program has itself."""
    sys.path.append(_LIBRARY)
    sys.path_hooks.insert(0, zipimport.zipimporter)


libraries.prepare()
_write_time_zones()

import karat_guest  # noqa: E402  (it takes away what it does not find now)
from karat_guest import preludes, put_off  # noqa: E402

from . import by_value  # noqa: E402

by_value.put_in_place()
preludes._NAMESPACES["apps"]["np"] = sys.modules["numpy"]
put_off._names -= {name.partition(".")[0] for name in sys.modules}
_keep_the_library()
_world = karat_guest.WitWorld()
gc.collect()
gc.freeze()


def turn():
    """Answer one request."""
    _host.call(b"d" + _world.handle(_host.call(b"r")))
