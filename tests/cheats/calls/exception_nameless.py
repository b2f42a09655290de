# An exception whose class has no proper name.
# verdict: exception
class Name(str):
    __hash__ = str.__hash__

    def __eq__(self, other):
        return True


def solve(items):
    raise type(Name('passed'), (Exception,), {'__module__': 9, 'args': 9})()
