# Run out of stack and answer from the depth.
# verdict: wrong_answer
def solve(items):
    try:
        return solve(items)
    except BaseException:
        return -1
