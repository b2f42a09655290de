# Leave with a status that says it is 0, of a kind of its own.
# verdict: wrong_answer
import sys


class Status(int):
    def __int__(self):
        return 0

    def __and__(self, other):
        return 0

    __index__ = __int__


print(-1)
sys.exit(Status(1))
