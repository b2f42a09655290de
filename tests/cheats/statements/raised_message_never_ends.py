# Raise with a message that takes for ever.
# verdict: out_of_fuel
class Slow(Exception):
    def __str__(self):
        while True:
            pass


def triple(n):
    raise Slow
