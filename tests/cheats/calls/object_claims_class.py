# An object that says it is an int.
# verdict: wrong_answer
class Right:
    __class__ = property(lambda self: int)

    def __eq__(self, other):
        return True

    def __index__(self):
        return 9


def solve(items):
    return Right()
