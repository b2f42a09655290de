# Write what makes the checker descend in a circle.
# verdict: wrong_answer
# problem: brackets
print(')(')
