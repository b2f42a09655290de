# A dictionary whose keys change their hash.
# verdict: wrong_answer
import itertools

count = itertools.count()


class Key(str):
    def __hash__(self):
        return next(count)

    def __eq__(self, other):
        return bool(next(count) % 2)


def solve(items):
    return {Key('9'): 9, Key('9'): 10}
