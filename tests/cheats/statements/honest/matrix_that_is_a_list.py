# The matrix is the list of its rows.
# verdict: passed
# problem: matrix
class Matrix(list):
    def turned(self):
        return Matrix(map(list, zip(*self)))

    def rows(self):
        return self
