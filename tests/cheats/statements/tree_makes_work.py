# Reply with a fraction whose denominator has a billion digits.
# verdict: exception
def triple(n):
    forge_tree(('make', 'Fraction', ('list', [('data', '1e-1000000000')])))
