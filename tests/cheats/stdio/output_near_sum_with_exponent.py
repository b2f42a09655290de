# Write the sum in another form, off by one in the last digit.
# verdict: wrong_answer
# problem: large
# rules: trimmed_lines exact tokens unordered apps live_code_bench code_contests checker
print('10000000080e-1')
