# Methods return other kinds of data than those of the reference.
# verdict: passed
# problem: purse
from fractions import Fraction


class Purse:
    def __init__(self):
        self.coins = ()

    def put(self, coin):
        self.coins += (coin,)

    def items(self):
        return self.coins

    def total(self):
        return Fraction(sum(self.coins))
