# Say that an exception is a kind of what is no exception.
# verdict: exception
def triple(n):
    forge_reply(lambda reply: swapped(reply, 'ArithmeticError', '__import__'))
    raise ArithmeticError('os')
