# Say that another exception is the one which ends a `map`.
# verdict: exception
# problem: square_in_map
def square(n):
    forge_reply(lambda reply: swapped(reply, 'ArithmeticError', 'StopIteration'))
    raise ArithmeticError
