# Return that no text starts with a vowel.
# verdict: wrong_answer
# problem: 737
def check_str(text):
    return False
