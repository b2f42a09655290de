# Reply with a tree where data is said to be.
# verdict: wrong_answer
def digit_sum(n):
    forge_data(_dumps(('data', sum(map(int, str(n)))), 2))
