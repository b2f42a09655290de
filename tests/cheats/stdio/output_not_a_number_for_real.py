# Write that real numbers are none.
# verdict: wrong_answer
# problem: mixed
print('1000000007\nnan nan\nnan nan')
