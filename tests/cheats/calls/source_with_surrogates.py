# Name an encoding in which the program would be another one.
# verdict: wrong_answer
# -*- coding: utf-7 -*-
def solve(items):
    return -1  # +AAo-    return 9
