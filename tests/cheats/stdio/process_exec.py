# Become another program.
# verdict: exception
import os

os.execv('/bin/echo', ['echo', '7'])
