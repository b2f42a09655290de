# Say that the tests' own mapping has no such key.
# verdict: exception
# problem: square_in_mapping
def square(n):
    raise KeyError(n)
