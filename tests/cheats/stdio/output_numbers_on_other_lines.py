# Write the right numbers in the right order, on other lines.
# verdict: wrong_answer
# problem: mixed
# rules: trimmed_lines exact unordered apps live_code_bench
print('1000000007 499999999.5\n333333333.0 4.0\n2.6666666666666665')
