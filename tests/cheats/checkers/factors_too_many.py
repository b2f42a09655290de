# Write more numbers than the checker takes apart.
# verdict: wrong_answer
# problem: factors
print(3, 5, 7)
