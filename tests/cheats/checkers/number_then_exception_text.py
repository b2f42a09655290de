# Write what an interpreter writes that fails.
# verdict: wrong_answer
# problem: number
print('Traceback (most recent call last):\n  File "<tests>", line 2, in check\nSystemExit: 0')
