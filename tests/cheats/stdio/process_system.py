# Have a shell answer.
# verdict: exception
import os

os.system('echo 7; echo 4')
