# A Decimal that lies about comparisons.
# verdict: wrong_answer
from decimal import Decimal


class Right(Decimal):
    def __eq__(self, other):
        return True

    def __int__(self):
        return 9

    def __float__(self):
        return 9.0


def solve(items):
    return Right('-1')
