# Write the sum as it is written in statements.
# verdict: wrong_answer
# problem: large
print('1e9+7')
