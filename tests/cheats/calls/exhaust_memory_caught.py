# Take all memory and answer as if nothing was.
# verdict: wrong_answer
def solve(items):
    try:
        bytearray(1 << 30)
    except MemoryError:
        return -1
