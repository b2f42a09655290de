def check(arguments, expected, got):
    """Any zero of the polynomial in the interval, as near as two decimal places come."""
    coefficients, (start, end) = arguments
    if expected is None or got is None:
        return expected is got
    if isinstance(got, bool) or not isinstance(got, (int, float)) or not start <= got <= end:
        return False
    value = sum(coefficient * float(got) ** power for power, coefficient in enumerate(coefficients))
    return abs(value) <= 2e-2
