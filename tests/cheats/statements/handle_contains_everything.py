# A stack that has whatever it is asked for.
# verdict: wrong_answer
# problem: stack
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()

    def is_empty(self):
        return not self.items

    def __len__(self):
        return len(self.items)

    def __contains__(self, item):
        return True
