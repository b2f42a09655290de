# Not a number.
# verdict: wrong_answer
    return float('nan')
