# Reply with an object that was never handed out, and answer for it.
# verdict: exception
# problem: primes
def primes(n):
    forge_tree(('handle', 4711, 'generator', ['__iter__', '__next__']))
