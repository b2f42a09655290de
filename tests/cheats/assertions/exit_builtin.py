# The interactive way out.
# verdict: exited
    exit()
