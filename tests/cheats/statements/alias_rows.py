# Make a table of one row.
# verdict: wrong_answer
# problem: zeros
def zeros(rows, columns):
    return [[0] * columns] * rows
