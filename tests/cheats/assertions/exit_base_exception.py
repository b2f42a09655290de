# An exception of its own kind, with a message that can not be made.
# verdict: exception
    raise Quiet()


class Quiet(BaseException):
    def __str__(self):
        raise Quiet()

    __repr__ = __str__
