# Reply with a fraction whose denominator has a billion digits.
# verdict: out_of_fuel
def triple(n):
    forge_tree(('make', 'Fraction', ('list', [('data', '1e-1000000000')])))
