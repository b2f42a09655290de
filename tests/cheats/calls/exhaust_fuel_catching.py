# Never end, whatever is raised.
# verdict: out_of_fuel
def solve(items):
    while True:
        try:
            while True:
                pass
        except BaseException:
            return 9
