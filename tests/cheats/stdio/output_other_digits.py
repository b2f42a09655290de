# Write the right numbers in the digits of another script, which Python reads.
# verdict: wrong_answer
# rules: trimmed_lines exact tokens unordered numbers apps live_code_bench code_contests checker
input()
numbers = [int(word) for word in input().split()]
fullwidth = {ord('0') + digit: 0xFF10 + digit for digit in range(10)}
print(str(sum(numbers)).translate(fullwidth))
print(str(max(numbers)).translate(fullwidth))
