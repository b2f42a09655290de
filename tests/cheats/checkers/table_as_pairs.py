# Return the pairs of the dictionary.
# verdict: wrong_answer
# problem: table
def solve(items):
    return [('count', len(items)), ('sum', sum(items))]
