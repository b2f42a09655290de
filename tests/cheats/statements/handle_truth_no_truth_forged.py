# Reply to the question whether it is true with an object.
# verdict: exception
# problem: stack
class Stack(list):
    push = list.append

    def is_empty(self):
        return not self

    def __new__(cls):
        return Wrapped()


class Wrapped:
    def __init__(self):
        self.items = []
        self.push, self.pop = self.items.append, self.items.pop

    def is_empty(self):
        return not self.items

    def __len__(self):
        return len(self.items)

    def __bool__(self):
        forge_tree(('handle', 0, 'bool', ['__bool__']))
        return False
