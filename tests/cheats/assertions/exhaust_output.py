# Write without end.
# verdict: output_limit
    while True:
        print('x' * 1000)
