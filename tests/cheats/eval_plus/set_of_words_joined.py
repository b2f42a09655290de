# Return the words as one text.
# verdict: wrong_answer
# problem: 7
def find_char_long(text):
    return ' '.join(word for word in text.split() if len(word) > 3)
