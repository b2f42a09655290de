# Return the value that stands for objects.
# verdict: wrong_answer
# problem: 737
def check_str(text):
    return ...
