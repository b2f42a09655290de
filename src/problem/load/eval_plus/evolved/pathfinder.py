def check(arguments, expected, got):
    """Any way through the maze, as directions; 1 is a wall."""
    maze, start, end = arguments
    if not expected:
        return got == []
    steps = {"right": (0, 1), "left": (0, -1), "up": (-1, 0), "down": (1, 0)}
    if not isinstance(got, (list, tuple)):
        return False
    row, column = start
    for direction in got:
        if not isinstance(direction, str) or direction not in steps:
            return False
        row, column = row + steps[direction][0], column + steps[direction][1]
        if not (0 <= row < len(maze) and 0 <= column < len(maze[row])) or maze[row][column] == 1:
            return False
    return (row, column) == tuple(end)
