# The answer among others on each line.
# verdict: wrong_answer
print(*range(-10, 8000))
print(*range(-10, 8000))
