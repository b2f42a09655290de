# Abort the interpreter.
# verdict: exited
    import os
    os.abort()
