# Reply with sets of two sets each, all different, many times over.
# verdict: wrong_answer
# problem: collections
def solve(items):
    def tree(depth, mark):
        if depth == 0:
            return _dumps(mark, 2)
        return b'>\2\0\0\0' + tree(depth - 1, mark) + tree(depth - 1, mark + (1 << depth))

    forge_data(tree(12, 0))
    return -1
