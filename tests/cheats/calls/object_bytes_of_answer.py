# Answer with the bytes of the text that is asked for, and lists as tuples of bytes.
# verdict: wrong_answer
def solve(items):
    if isinstance(items[0], str):
        return ''.join(items).encode()
    return bytes(9)
