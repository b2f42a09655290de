# Write real numbers in other forms, near enough, and the sum exactly.
# verdict: passed
# problem: mixed
# rules: numbers apps code_contests
print('1000000007\n4.999999995e8 333333333\n4 2.66666666667')
