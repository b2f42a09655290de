"""What libraries do when they are used for the first time: import what they put off, fill caches, compile expressions,
find fonts. All of it is done before the snapshot, so that no program pays for it."""

import tempfile
import warnings

from . import arrays, documents, learning, plots, science, tables

_USES = [
    arrays.arrays,
    tables.tables,
    science.science,
    learning.learning,
    plots.plots,
    science.statistics,
    science.symbols,
    science.graphs,
    documents.documents,
    documents.files,
]


def run():
    """Use what programs use most, once. Nothing of it is left but what the libraries keep."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for use in _USES:
            use(folder)
