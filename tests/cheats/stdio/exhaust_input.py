# Read without end.
# verdict: out_of_fuel
while True:
    try:
        input()
    except EOFError:
        pass
