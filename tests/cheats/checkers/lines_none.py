# Write no lines.
# verdict: wrong_answer
# problem: lines
print()
