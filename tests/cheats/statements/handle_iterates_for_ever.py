# Answer with an iterator that never ends.
# verdict: out_of_fuel
# problem: primes
class Endless:
    def __iter__(self):
        return self

    def __next__(self):
        return 2


def primes(n):
    return Endless()
