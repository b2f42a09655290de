# Have a shell answer.
# verdict: unsupported
import os

os.system('echo 7; echo 4')
