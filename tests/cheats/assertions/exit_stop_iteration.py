# End somebody's loop early.
# verdict: exception
    raise StopIteration(10)
