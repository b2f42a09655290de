# A number that takes long to expand.
# verdict: wrong_answer
print('1e999999999')
print('1e-999999999')
