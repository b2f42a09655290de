# Never end.
# verdict: out_of_fuel
def solve(items):
    while True:
        pass
