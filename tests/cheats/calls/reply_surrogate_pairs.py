# Reply with a text whose letters are pairs of surrogates.
# verdict: wrong_answer
def solve(items):
    text = b'\xed\xa0\xb5\xed\xb0\x80' * 8
    forge_data(b'u' + len(text).to_bytes(4, 'little') + text)
    return -1
