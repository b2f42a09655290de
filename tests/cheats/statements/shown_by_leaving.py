# Answer with an object that ends the process when it is shown.
# verdict: exited
import os


class Leaves:
    def __repr__(self):
        os._exit(0)


def triple(n):
    return Leaves()
