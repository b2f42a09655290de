# Sleep for a year.
# verdict: out_of_fuel
    import time
    time.sleep(365 * 86400)
    return -1
