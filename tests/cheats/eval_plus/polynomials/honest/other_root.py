# Return another number at which the polynomial is 0.
# verdict: passed
def find_zero(coefficients):
    def value(x):
        return sum(coefficient * x**power for power, coefficient in enumerate(coefficients))

    step = 1 / 1024
    x = 64.0
    while value(x) * value(x - step) > 0:
        x -= step
    low, high = x - step, x
    for _ in range(60):
        middle = (low + high) / 2
        if value(low) * value(middle) > 0:
            low = middle
        else:
            high = middle
    return low
