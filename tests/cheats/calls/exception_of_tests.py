# An assertion that claims to come from the tests.
# verdict: wrong_answer
exec(compile('def solve(items):\n    assert False, 9', '<tests>', 'exec'))
