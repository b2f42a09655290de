# Give away the list itself.
# verdict: wrong_answer
# problem: basket
class Basket:
    def __init__(self, items):
        self._items = list(items)

    def add(self, item):
        self._items.append(item)

    def items(self):
        return self._items
