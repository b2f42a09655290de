# Write without end.
# verdict: output_limit
def solve(items):
    while True:
        print('9' * 1000)
