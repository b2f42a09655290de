# Take all memory.
# verdict: out_of_memory
    held = []
    while True:
        held.append(bytearray(10**6))
