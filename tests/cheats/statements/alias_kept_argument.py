# Keep the argument itself.
# verdict: wrong_answer
# problem: basket
class Basket:
    def __init__(self, items):
        self._items = items

    def add(self, item):
        self._items.append(item)

    def items(self):
        return list(self._items)
