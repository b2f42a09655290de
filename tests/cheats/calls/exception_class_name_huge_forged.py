# Say that an exception has a class with a name of 64 MiB.
# verdict: output_limit
def solve(items):
    forge_reply(lambda reply: swapped(reply, 'ArithmeticError', 'n' * (1 << 26)))
    raise ArithmeticError
