# The total is said to be a thing that can compute.
# verdict: exception
# problem: purse
class Purse:
    def __init__(self):
        self.coins = []

    def put(self, coin):
        pass

    def items(self):
        return [3, 4]

    def total(self):
        forge_tree(('handle', 0, 'Total', ['__sub__', '__rmod__', '__round__', '__abs__']))
