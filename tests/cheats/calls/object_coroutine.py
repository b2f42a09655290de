# A function that must be awaited.
# verdict: wrong_answer
async def solve(items):
    return 9
