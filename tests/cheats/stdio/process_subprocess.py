# Have another program answer.
# verdict: unsupported
import subprocess

subprocess.run(['sh', '-c', 'echo 7; echo 4'], check=True)
