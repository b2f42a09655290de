# Say that memory ran out.
# verdict: out_of_memory
def solve(items):
    raise MemoryError(9)
