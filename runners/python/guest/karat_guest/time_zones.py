"""The time zones of the world, which the library looks for in files."""

import io
import marshal
import os
import zoneinfo
import zoneinfo._common

_zones = {}


def put_in_place():
    """From now on the library finds them in memory. To be called while there are files: `build.py` writes this one."""
    with open(os.path.join(os.path.dirname(__file__), "time_zones"), "rb") as file:
        _zones.update(marshal.load(file))
    zoneinfo._common.load_tzdata = _load
    zoneinfo.available_timezones = _available


def _load(key):
    if key not in _zones:
        raise zoneinfo.ZoneInfoNotFoundError(f"No time zone found with key {key}")
    return io.BytesIO(_zones[key])


def _available():
    return {*_zones}
