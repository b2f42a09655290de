# Kill the process.
# verdict: exception
    import os
    os.kill(os.getpid(), 9)
