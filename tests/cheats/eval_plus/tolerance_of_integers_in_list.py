# Return integers that are as near as floats might be.
# verdict: wrong_answer
# problem: 600
def thousand_millions(n):
    return [n * 10**9 + 7, (n + 1) * 10**9]
