# Write words where the checker reads a number.
# verdict: wrong_answer
# problem: number
print('not a number')
