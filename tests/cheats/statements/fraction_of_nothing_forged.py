# A fraction that is made of what an object says it is: 0 by 0, which is neither less nor more than any number.
# verdict: exception
# problem: bounds
class Nothing:
    def as_integer_ratio(self):
        return 0, 0


def square(n):
    def forged(reply):
        number = _sys.modules["karat_guest.candidate"]._hold(Nothing())
        node = ("make", "Fraction", ("list", [("handle", number, "Nothing", [])]))
        return (reply[0], 1, _dumps(node, 2), *reply[3:])

    forge_reply(forged)
    return 1
