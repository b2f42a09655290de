# Print the answer and return nothing.
# verdict: wrong_answer
def solve(items):
    total = items[0]
    for item in items[1:]:
        total = total + item
    print(total)
