# One operation that takes for ever.
# verdict: out_of_fuel
    return 7 ** 10 ** 9 % 10
