# A class that everything is an instance of.
# verdict: wrong_answer
# problem: shapes
class Everything(type):
    def __instancecheck__(cls, value):
        return True

    def __subclasscheck__(cls, value):
        return True


class Shape(metaclass=Everything):
    pass


class Circle:
    def __init__(self, radius):
        self.radius = radius
