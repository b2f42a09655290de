"""What componentize-py makes from `world.wit` for the light runner, made for an interpreter that takes turns: the base
of the class that answers requests, and the way to ask the host. So the guest that both runners share runs unchanged."""

import _host

_ASK = b"a"
_once_mended = []


def ask(request):
    """Ask the host: bytes to bytes."""
    return _host.call(_ASK + request)


def once_mended(work):
    """Have `work()` done while the guest is initialised: when threads and the like are mended, so that libraries find
    them as programs do, and before it is settled what there is to import."""
    _once_mended.append(work)


class WitWorld:
    """What answers requests. The guest derives its class from this between the two."""

    def __init_subclass__(cls):
        while _once_mended:
            _once_mended.pop(0)()
