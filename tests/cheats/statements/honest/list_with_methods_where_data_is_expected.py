# A list with a method of its own, where only the list counts.
# verdict: passed
# problem: planets
class Names(list):
    def first(self):
        return self[0]


def planets():
    return Names('Mercury Venus Earth Mars Jupiter Saturn Uranus Neptune'.split())
