# The reference gives a list of nodes, this gives them one by one, and their neighbours in a set of its own.
# verdict: passed
# problem: graph
class Node:
    def __init__(self, name):
        self.name, self.near = name, Near()


class Near:
    def __init__(self):
        self.nodes = {}

    def __iter__(self):
        return iter(self.nodes.values())

    def __len__(self):
        return len(self.nodes)


class Nodes:
    def __init__(self):
        self.nodes = {}

    def node(self, name):
        if name not in self.nodes:
            self.nodes[name] = Node(name)
        return self.nodes[name]

    def __getitem__(self, index):
        return list(self.nodes.values())[index]


def graph(edges):
    nodes = Nodes()
    for one, other in edges:
        near = nodes.node(one).near
        near.nodes[other] = nodes.node(other)
    return nodes
