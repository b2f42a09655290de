# A stack that is there and not there by turns.
# verdict: wrong_answer
# problem: stack
class Stack:
    truth = False

    def push(self, item):
        pass

    def pop(self):
        return self

    def is_empty(self):
        return self

    def __len__(self):
        return 2

    def __bool__(self):
        Stack.truth = not Stack.truth
        return Stack.truth
