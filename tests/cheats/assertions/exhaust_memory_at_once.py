# Take more memory than there is.
# verdict: out_of_memory
    return len(bytearray(10**9)) - 10**9
