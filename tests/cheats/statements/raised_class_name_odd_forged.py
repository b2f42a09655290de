# Say that an exception has a name that none can have.
# verdict: exception
# problem: square_in_map
class Odd(ArithmeticError):
    pass


def square(n):
    forge_reply(lambda reply: swapped(reply, 'Odd', 'nul\0 and \ud800'))
    raise Odd
