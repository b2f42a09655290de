def check(arguments, expected, got):
    """Any way through the maze, as points; 0 is a wall. It is to be a shortest one."""
    maze, start, end = arguments
    if not expected:
        return got == []
    if not isinstance(got, list) or len(got) != len(expected):
        return False
    points = [tuple(point) if isinstance(point, (list, tuple)) else () for point in got]
    if points[0] != tuple(start) or points[-1] != tuple(end):
        return False
    for point in points:
        if len(point) != 2 or not all(isinstance(number, int) for number in point):
            return False
        row, column = point
        if not (0 <= row < len(maze) and 0 <= column < len(maze[row])) or maze[row][column] == 0:
            return False
    return all(abs(a - c) + abs(b - d) == 1 for (a, b), (c, d) in zip(points, points[1:]))
