# Numbers beyond every tolerance.
# verdict: wrong_answer
print('inf')
print('nan')
