# Raise a class whose order of bases is made up.
# verdict: exception
    raise Odd('n')


class Kind(type):
    def mro(cls):
        return [cls, StopIteration, Exception, BaseException, object]


class Odd(StopIteration, metaclass=Kind):
    __module__ = 'builtins'
    __qualname__ = 'AssertionError'
