# Take all memory and go on as if nothing was.
# verdict: wrong_answer
    try:
        bytearray(10**9)
    except MemoryError:
        pass
    return -1
