# Raise with arguments that are read from a property.
# verdict: exception
    raise Lies


class Lies(AssertionError):
    @property
    def args(self):
        raise SystemExit(0)

    @property
    def __traceback__(self):
        return None

    @property
    def __class__(self):
        return KeyError
