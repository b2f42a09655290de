# Write without end.
# verdict: output_limit
while True:
    print(7)
    print(4)
