# Write a number that fills the output.
# verdict: wrong_answer
# problem: number
print('9' * 500000)
