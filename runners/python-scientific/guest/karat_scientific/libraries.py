"""The libraries that programs find imported: what takes long is done before the snapshot."""

import importlib
import importlib.util
import os
import sys
import warnings

# In the order in which they are imported. What a program imports beside these is read from the library's archive.
_MODULES = """
numpy numpy.random numpy.linalg numpy.fft numpy.ma numpy.polynomial numpy.testing
pandas pandas.api.types pandas.testing
scipy scipy.stats scipy.optimize scipy.linalg scipy.sparse scipy.sparse.linalg scipy.sparse.csgraph scipy.spatial
scipy.spatial.distance scipy.integrate scipy.interpolate scipy.signal scipy.ndimage scipy.special scipy.fft
scipy.fftpack scipy.cluster.vq scipy.cluster.hierarchy scipy.io scipy.io.wavfile scipy.constants
sklearn sklearn.linear_model sklearn.cluster sklearn.datasets sklearn.decomposition sklearn.ensemble
sklearn.feature_extraction.text sklearn.feature_selection sklearn.impute sklearn.manifold sklearn.metrics
sklearn.mixture sklearn.model_selection sklearn.naive_bayes sklearn.neighbors sklearn.neural_network
sklearn.pipeline sklearn.preprocessing sklearn.svm sklearn.tree sklearn.compose
matplotlib.pyplot matplotlib.dates matplotlib.animation matplotlib.backends.backend_agg mpl_toolkits.mplot3d
seaborn statsmodels.api statsmodels.formula.api statsmodels.tsa.api sympy networkx
lxml.etree lxml.html bs4 yaml PIL.Image PIL.ImageDraw PIL.ImageFont openpyxl xlsxwriter xmltodict html5lib pypdf
regex dateutil.parser dateutil.relativedelta jinja2 tabulate tqdm patsy joblib
""".split()


def prepare():
    """Import them."""
    os.environ.update(HOME="/tmp", MPLBACKEND="Agg", MPLCONFIGDIR="/tmp/matplotlib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _import_matplotlib()
        for name in _MODULES:
            importlib.import_module(name)


def _import_matplotlib():
    """It reads fonts and styles from files beside its own, which lie in an archive: those that the host unpacked lie
    elsewhere."""
    spec = importlib.util.find_spec("matplotlib")
    spec.origin = "/usr/share/matplotlib/__init__.pyc"
    module = sys.modules["matplotlib"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
