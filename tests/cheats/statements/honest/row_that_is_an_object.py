# An object that can be gone through as often as one likes, where the reference gives a list.
# verdict: passed
# problem: row ones
class Row:
    def __init__(self, item, n):
        self.item, self.n = item, n

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        if not 0 <= index < self.n:
            raise IndexError(index)
        return self.item


def row(n):
    return Row(7, n)


class Ones(Row):
    def __iter__(self):
        for _ in range(self.n):
            yield self.item


def ones(n):
    return Ones(1, n)
