# Reply that the answer is an object of no class.
# verdict: wrong_answer
# problem: 164
def are_equivalent(one, other):
    forge_reply(('object', 'bool', 'False'))
