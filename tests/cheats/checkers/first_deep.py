# Return a list nested deeper than the guest's own code descends.
# verdict: exception
# problem: first
def solve(items):
    answer = []
    for _ in range(1400):
        answer = [answer]
    return answer
