# Write a sum that is off by one, in a number of ten digits.
# verdict: wrong_answer
# problem: large
# rules: trimmed_lines exact tokens unordered apps live_code_bench code_contests checker
print('1000000008')
