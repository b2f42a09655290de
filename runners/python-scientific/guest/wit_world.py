"""What componentize-py gives to the usual interpreter's guest, for an interpreter that takes turns."""

import _host


class WitWorld:
    pass


def ask(request):
    """Ask the host: bytes to bytes."""
    return _host.call(b"a" + request)
