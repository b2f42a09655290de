# Return the truth value.
# verdict: passed
# problem: 472
def text_match_three(text):
    return 'abbb' in text
