# Take all memory.
# verdict: out_of_memory
def solve(items):
    held = []
    while True:
        held.append(bytearray(1 << 20))
