# Return an empty list where the text does not match, which is not None.
# verdict: wrong_answer
# problem: 472
def text_match_three(text):
    return ['abbb'] if 'abbb' in text else []
