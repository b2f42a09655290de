# Reply with a dictionary that has one right entry as often as there are entries, last a wrong one.
# verdict: wrong_answer
# problem: collections
def solve(items):
    if type(items[0]) is int:
        return set(items)
    forge_data(b'{' + _dumps('a', 2) + _dumps(2, 2) + _dumps('b', 2) + _dumps(1, 2) + _dumps('b', 2) + b'N' + b'0')
