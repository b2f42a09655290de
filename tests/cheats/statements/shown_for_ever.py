# Answer with an object that takes for ever to show.
# verdict: out_of_fuel
def triple(n):
    return Slow()


class Slow:
    def __repr__(self):
        while True:
            pass

    def __str__(self):
        return repr(self)
