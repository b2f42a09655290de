# Write the number that is beyond all.
# verdict: wrong_answer
# problem: number
print('-inf')
