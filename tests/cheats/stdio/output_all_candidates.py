# Write every number that the answer may be, a line each.
# verdict: wrong_answer
for number in range(-10, 10000):
    print(number)
