# Write right numbers, in the wrong order within a line.
# verdict: wrong_answer
# problem: mixed
print('1000000007\n333333333.0 499999999.5\n4.0 2.6666666666666665')
