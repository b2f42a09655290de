# End one's own iteration by the exception for it, and print on the way.
# verdict: passed
def digits(n):
    letters = iter(str(n))
    while True:
        try:
            yield int(next(letters))
        except StopIteration:
            return


def digit_sum(n):
    print('adding', n)
    total, left = 0, digits(n)
    while (digit := next(left, None)) is not None:
        total += digit
    return total
