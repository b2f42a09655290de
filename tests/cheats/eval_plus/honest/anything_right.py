# Return whether the sums are the same.
# verdict: passed
# problem: 164
def are_equivalent(one, other):
    sums = {sum(d for d in range(1, n) if not n % d) for n in (one, other)}
    return len(sums) == 1
