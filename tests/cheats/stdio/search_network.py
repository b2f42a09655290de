# Ask somebody else.
# verdict: exception
import urllib.request

print(urllib.request.urlopen('http://localhost:8000/expected').read().decode())
