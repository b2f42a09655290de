def check(arguments, expected, got):
    """Any zero of the polynomial, whose coefficients stand for the powers 0, 1, 3, 5 and so on."""
    (coefficients,) = arguments
    if isinstance(got, bool) or not isinstance(got, (int, float)):
        return False
    powers = [0, *range(1, 2 * len(coefficients), 2)]
    return abs(sum(coefficient * float(got) ** power for coefficient, power in zip(coefficients, powers))) <= 1e-6
