# Let the other side decide.
# verdict: wrong_answer
    return NotImplemented
