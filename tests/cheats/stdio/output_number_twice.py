# Write a right number twice.
# verdict: wrong_answer
# problem: mixed
print('1000000007\n499999999.5 333333333.0\n4.0 4.0 2.6666666666666665')
