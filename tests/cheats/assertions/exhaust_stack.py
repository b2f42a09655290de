# Call oneself without end.
# verdict: exception
    return digit_sum(n) + 1
