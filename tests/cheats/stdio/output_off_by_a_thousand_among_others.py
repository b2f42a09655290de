# Write a sum that is off by what a tolerance for real numbers would allow, before numbers that are right.
# verdict: wrong_answer
# problem: mixed
print('1000001007\n499999999.5 333333333.0\n4.0 2.6666666666666665')
