# Sleep for a year.
# verdict: wrong_answer
    import time
    time.sleep(365 * 86400)
    return -1
