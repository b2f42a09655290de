# Return a text of megabytes for the checker to say that it is wrong.
# verdict: out_of_fuel
# problem: table
def solve(items):
    return {'count': 'x' * (8 << 20), 'sum': sum(items)}
