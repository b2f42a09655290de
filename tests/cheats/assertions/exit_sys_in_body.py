# Leave with status 0 when called.
# verdict: exited
    import sys
    sys.exit(0)
