# Return that nothing was found, in words.
# verdict: wrong_answer
# problem: 472
def text_match_three(text):
    return 'Found a match!' if 'abbb' in text else 'Not matched!'
