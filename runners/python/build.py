"""Run componentize-py so that the same inputs give the same interpreter on every machine.

componentize-py initialises CPython while it builds, and CPython takes its hash secret from the operating system's
random numbers then. That secret decides the order of sets for every program that ever runs in the result. There is
no option to fix it, so this process lets its own C library hand out zeros: it overwrites `getrandom` (and
`clock_gettime`, which would otherwise leave the time of the build behind) before the builder starts. It is a process
of its own that does nothing else. Where this is not possible the build goes on, and Karat finds out, because the
fingerprint of the result is not the one in runner.toml.

The time zones of the package tzdata are put into one file beside the guest's sources, which the guest reads when it is
initialised: there are no files later.

The builder also puts the packages of the machine's Python on the interpreter's path, where merely their names change
what is left in its memory. It is given an empty environment in their place.
"""

import ctypes
import marshal
import os
import pathlib
import platform
import sys
import tempfile

# ssize_t getrandom(void *buffer, size_t length, unsigned flags): fill with zeros, return the length.
# int clock_gettime(clockid_t clock, struct timespec *time): always 500,000,000.0 s, return 0.
MACHINE_CODE = {
    ("Linux", "x86_64"): {
        "getrandom": "4889f1 4889f2 31c0 f3aa 4889d0 c3",
        "clock_gettime": "48c7060065cd1d 48c7460800000000 31c0 c3",
    },
}


def overwrite(name, code):
    library = ctypes.CDLL(None, use_errno=True)
    address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
    page = address & ~4095
    read_write_execute = 7
    if library.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(2 * 4096), read_write_execute) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")
    ctypes.memmove(address, code, len(code))


def pack_time_zones():
    """Write every zone's file into one: a marshalled dict of contents by name."""
    import tzdata

    root = pathlib.Path(tzdata.__file__).parent / "zoneinfo"
    names = (pathlib.Path(tzdata.__file__).parent / "zones").read_text().split()
    zones = {name: (root / name).read_bytes() for name in sorted(names)}
    pathlib.Path("guest/karat_guest/time_zones").write_bytes(marshal.dumps(zones, 2))


def main():
    from componentize_py import script

    pack_time_zones()

    for name, code in MACHINE_CODE.get((platform.system(), platform.machine()), {}).items():
        try:
            overwrite(name, bytes.fromhex(code))
        except (OSError, AttributeError) as error:
            print(f"karat: can not fix {name} for the build: {error}", file=sys.stderr)
    sys.argv[0] = "componentize-py"
    with tempfile.TemporaryDirectory() as empty:
        os.mkdir(os.path.join(empty, "site-packages"))
        os.environ["VIRTUAL_ENV"] = empty
        script()


if __name__ == "__main__":
    main()
