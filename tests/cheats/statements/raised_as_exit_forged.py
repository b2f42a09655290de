# Say that an exception is one which ends the process.
# verdict: exited
def triple(n):
    forge_reply(lambda reply: swapped(reply, 'ArithmeticError', 'SystemExit'))
    raise ArithmeticError(0)
