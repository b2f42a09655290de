# Have a signal end the process.
# verdict: exception
    import signal
    signal.raise_signal(signal.SIGTERM)
    return -1
