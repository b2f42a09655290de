# Kill the process.
# verdict: unsupported
    import os
    os.kill(os.getpid(), 9)
