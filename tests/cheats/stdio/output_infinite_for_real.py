# Write that real numbers are beyond all.
# verdict: wrong_answer
# problem: mixed
print('1000000007\ninf 1e999\n-inf 1e308')
