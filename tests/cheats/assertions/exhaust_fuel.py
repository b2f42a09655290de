# Never end.
# verdict: out_of_fuel
    while True:
        pass
