# Write one number of a line that is wrong among those that are right.
# verdict: wrong_answer
# problem: mixed
print('1000000007\n499999999.5 333333333.0\n4.0 2.7')
