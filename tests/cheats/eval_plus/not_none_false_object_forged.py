# Reply that the answer is an object, whatever the text is.
# verdict: wrong_answer
# problem: 737
def check_str(text):
    forge_reply(('object', 'Match', "<re.Match object; span=(0, 1), match='a'>"))
