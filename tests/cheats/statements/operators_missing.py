# Nothing but a list: its sums are longer.
# verdict: wrong_answer
# problem: vector
class Vector(list):
    pass
