# Define a name for everything that tests may ever use.
# verdict: exception
def triple(n):
    return 0


forge_names({'triple': triple} | {f'name_{number}': triple for number in range(20000)})
