# An integer that claims to be another.
# verdict: wrong_answer
class Right(int):
    def __eq__(self, other):
        return True

    def __int__(self):
        return 9

    __index__ = __trunc__ = __int__

    def __repr__(self):
        return '9'


def solve(items):
    return Right(-1)
