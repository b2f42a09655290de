# Say that an exception is an interrupt by the user.
# verdict: exception
def triple(n):
    forge_reply(lambda reply: swapped(reply, 'ArithmeticError', 'KeyboardInterrupt'))
    raise ArithmeticError(0)
