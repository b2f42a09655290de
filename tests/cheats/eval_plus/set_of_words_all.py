# Return all words as the keys of a dictionary, the lengths beside them.
# verdict: wrong_answer
# problem: 7
def find_char_long(text):
    return {word: len(word) for word in text.split() if len(word) > 3}
