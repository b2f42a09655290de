# Make a table of one row, which is in a pair each.
# verdict: wrong_answer
# problem: zeros
def zeros(rows, columns):
    pair = ([0] * columns,)
    return [row for (row,) in [pair] * rows]
