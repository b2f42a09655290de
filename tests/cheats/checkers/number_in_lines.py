# Write one digit a line.
# verdict: wrong_answer
# problem: number
print('\n'.join(str(sum(map(int, input().split())) + 10)))
