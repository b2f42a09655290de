def check(arguments, expected, got):
    """Any two places, the smaller first, whose cards have that product."""
    cards, number = arguments
    if isinstance(expected, str):
        return got == expected
    if not isinstance(got, tuple) or len(got) != 2 or not all(isinstance(place, int) for place in got):
        return False
    first, second = got
    return 0 <= first < second < len(cards) and cards[first] * cards[second] == number
