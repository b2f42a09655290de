# Return a million items.
# verdict: out_of_fuel
# problem: first
def solve(items):
    return [min(items)] + [9] * 1000000
