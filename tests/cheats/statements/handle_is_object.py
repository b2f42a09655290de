# A class that is `object`, of which everything is an instance.
# verdict: wrong_answer
# problem: shapes
Shape = object


class Circle:
    def __init__(self, radius):
        self.radius = radius
