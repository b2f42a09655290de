# End the process without ceremony.
# verdict: exited
    import os
    os._exit(0)
