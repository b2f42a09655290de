# The sum ends what asks for it.
# verdict: exception
# problem: vector
class Vector(list):
    def __add__(self, other):
        raise StopIteration
