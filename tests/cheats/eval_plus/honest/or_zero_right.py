# Return the sum, found in another way.
# verdict: passed
# problem: 295
def sum_div(n):
    total, d = 0, n - 1
    while d:
        total, d = total + (d if n % d == 0 else 0), d - 1
    return total
