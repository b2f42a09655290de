# Answer with a power that takes for ever to work out.
# verdict: out_of_fuel
def solve(items):
    return 9**9**9
