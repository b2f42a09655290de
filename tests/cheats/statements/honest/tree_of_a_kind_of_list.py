# What is below is in a list with methods of its own.
# verdict: passed
# problem: tree
class Below(list):
    def values(self):
        return [tree.value for tree in self]


class Tree:
    def __init__(self, value):
        self.value, self.below = value, Below()

    def add(self, value):
        self.below.append(Tree(value))
        return self.below[-1]

    def walk(self):
        found = [self.value]
        for tree in self.below:
            found.extend(tree.walk())
        return iter(found)
