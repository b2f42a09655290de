# Reply with a list nested deeper than the reader of a cell goes.
# verdict: exception
def triple(n):
    forge_data(b'[\1\0\0\0' * 1900 + b'N')
