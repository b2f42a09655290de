# Write a sum with a fraction that it does not have.
# verdict: wrong_answer
# problem: large
# rules: trimmed_lines exact tokens unordered apps live_code_bench code_contests checker
print('1000000007.4')
