# Write a sum that is off by what a tolerance for real numbers would allow.
# verdict: wrong_answer
# problem: large
print('1000001007')
