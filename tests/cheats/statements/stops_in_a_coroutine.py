# Python makes another error of this one around every coroutine, and whoever gathers them takes that for a result.
# verdict: exception
# problem: gathered waited_for
def square(n):
    raise StopIteration
