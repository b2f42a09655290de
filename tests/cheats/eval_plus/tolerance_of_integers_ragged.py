# Return the right numbers in lists of their own.
# verdict: wrong_answer
# problem: 600
def thousand_millions(n):
    return [n * 10**9, [(n + 1) * 10**9]]
