# Write nothing where the checker reads a number.
# verdict: wrong_answer
# problem: number
