# Reply with the code for the exception StopIteration, which is data to a reader.
# verdict: exception
def solve(items):
    forge_data(b'S')
    return -1
