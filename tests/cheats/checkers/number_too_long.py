# Write a number of more digits than Python reads.
# verdict: wrong_answer
# problem: number
print('9' * 5000)
