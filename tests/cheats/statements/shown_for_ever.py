# Answer with an object that takes for ever to show.
# verdict: wrong_answer
def triple(n):
    return Slow()


class Slow:
    def __repr__(self):
        while True:
            pass

    def __str__(self):
        return repr(self)
