# Answer with a number of more digits than Python writes.
# verdict: wrong_answer
def triple(n):
    return 10**5000
