# Abort the interpreter.
# verdict: exception
    import os
    os.abort()
