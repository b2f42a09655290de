# Say that an exception is of a kind that can not be made of what it has.
# verdict: exception
# problem: square_in_map
def square(n):
    forge_reply(lambda reply: swapped(reply, 'ArithmeticError', 'BaseExceptionGroup'))
    raise ArithmeticError('several', [3])
