def check(arguments, expected, got):
    """Any palindrome, letter case aside, that begins with the text and is as short as can be."""
    (text,) = arguments
    if not isinstance(got, str) or len(got) != len(expected):
        return False
    return got.startswith(text) and got.lower() == got[::-1].lower()
