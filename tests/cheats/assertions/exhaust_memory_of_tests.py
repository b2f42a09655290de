# Have the tests' cell run out of memory by many answers that are kept.
# verdict: output_limit
kept = []


def digit_sum(n):
    kept.append('x' * (40 << 20))
    return kept[-1]
