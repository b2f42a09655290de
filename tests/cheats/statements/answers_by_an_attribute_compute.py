# The method itself computes, so that it need not be called.
# verdict: exception
# problem: purse
class Method:
    def __call__(self):
        return self

    def __sub__(self, other):
        return 0

    def __abs__(self):
        return 0


class Purse:
    def __init__(self):
        self.coins = []

    def put(self, coin):
        pass

    def items(self):
        return [3, 4]

    total = Method()
