# Never get to the call.
# verdict: out_of_fuel
while True:
    pass
