# Say that the tests' own object has no such attribute.
# verdict: exception
# problem: square_of_attribute
def square(n):
    raise AttributeError("'Case' object has no attribute 'wrong'", name='wrong')
