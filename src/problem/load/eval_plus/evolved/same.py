def check(arguments, expected, got):
    """Whether the two have the same types throughout, and numbers that are near."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return type(expected) is type(got) and expected == got
    if isinstance(expected, float) and isinstance(got, float):
        if expected != expected or got != got:
            return expected != expected and got != got
        if expected == got:
            return True
        return abs(expected - got) <= 1e-6 + 1e-5 * abs(got)
    if type(expected) is not type(got):
        return False
    if isinstance(expected, (list, tuple)):
        return len(expected) == len(got) and all(check(arguments, *pair) for pair in zip(expected, got))
    if isinstance(expected, dict):
        if len(expected) != len(got):
            return False
        return all(key in got and check(arguments, value, got[key]) for key, value in expected.items())
    return expected == got
