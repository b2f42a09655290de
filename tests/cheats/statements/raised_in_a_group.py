# Raise several exceptions at once, the one that ends a `map` among them.
# verdict: exception
# problem: square_in_map
def square(n):
    raise ExceptionGroup('several', [StopIteration(), ExceptionGroup('more', [IndexError()])])
