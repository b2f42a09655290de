# Write the right number with zero bytes between the digits.
# verdict: wrong_answer
# problem: number
print('\0'.join(str(sum(map(int, input().split())) + 10)))
