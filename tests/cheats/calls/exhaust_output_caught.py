# Write without end and catch what comes of it.
# verdict: output_limit
def solve(items):
    try:
        while True:
            print('9' * 1000, flush=True)
    except BaseException:
        return 9
