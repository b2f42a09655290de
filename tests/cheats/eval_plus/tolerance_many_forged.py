# Reply with a list of lists of lists of nothing, a product of lengths that none has.
# verdict: wrong_answer
# problem: 600
def thousand_millions(n):
    inner = b'[' + (20000).to_bytes(4, 'little') + b'[\0\0\0\0' * 20000
    forge_data(b'[' + (20).to_bytes(4, 'little') + inner * 20)
    return -1
