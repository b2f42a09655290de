# Never end, whatever is raised.
# verdict: out_of_fuel
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
