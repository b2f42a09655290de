# Return a match, or nothing, as the solution does.
# verdict: passed
# problem: 737
import re


def check_str(text):
    return re.match('[aeiou]', text, re.IGNORECASE)
