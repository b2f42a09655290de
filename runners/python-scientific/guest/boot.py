import sys, gc, time
import _host as host
import importlib, warnings
warnings.simplefilter("ignore")
def log(*a): print(*a, file=sys.stderr)
t0 = time.perf_counter()
NAMES = """numpy numpy.random numpy.linalg numpy.fft numpy.ma numpy.polynomial numpy.testing pandas pandas.api.types pandas.testing
scipy scipy.stats scipy.optimize scipy.linalg scipy.sparse scipy.sparse.linalg scipy.sparse.csgraph scipy.spatial scipy.spatial.distance scipy.integrate scipy.interpolate scipy.signal scipy.ndimage scipy.special scipy.fft scipy.fftpack scipy.cluster.vq scipy.cluster.hierarchy scipy.io scipy.io.wavfile scipy.constants
sklearn sklearn.linear_model sklearn.cluster sklearn.datasets sklearn.decomposition sklearn.ensemble sklearn.feature_extraction.text sklearn.feature_selection sklearn.impute sklearn.manifold sklearn.metrics sklearn.mixture sklearn.model_selection sklearn.naive_bayes sklearn.neighbors sklearn.neural_network sklearn.pipeline sklearn.preprocessing sklearn.svm sklearn.tree sklearn.compose
matplotlib matplotlib.pyplot matplotlib.dates matplotlib.animation matplotlib.backends.backend_agg mpl_toolkits.mplot3d
seaborn statsmodels.api statsmodels.formula.api statsmodels.tsa.api sympy networkx lxml.etree lxml.html bs4 yaml PIL.Image PIL.ImageDraw PIL.ImageFont openpyxl xlsxwriter regex dateutil.parser dateutil.relativedelta jinja2 tabulate tqdm
patsy joblib xmltodict pypdf html5lib""".split()
import os
os.environ["MPLBACKEND"]="Agg"; os.environ["MPLCONFIGDIR"]="/tmp/mpl"; os.environ["HOME"]="/tmp"
import importlib.util
spec = importlib.util.find_spec("matplotlib")
spec.origin = "/usr/share/matplotlib/__init__.pyc"
m = importlib.util.module_from_spec(spec)
sys.modules["matplotlib"] = m
spec.loader.exec_module(m)
for n in NAMES:
    t = time.perf_counter()
    try:
        importlib.import_module(n)
    except BaseException as e:
        log("FAILED", n, type(e).__name__, str(e)[:150])
    d = time.perf_counter()-t
    if d > .05: log("%-30s %.2f" % (n, d))
log("all", time.perf_counter()-t0)
t0 = time.perf_counter()
import karat_guest
sys.stderr = sys.__stderr__
log("guest", time.perf_counter()-t0)

if not log("x"): sys.path.append("/usr/local/lib/python315.zip"); import zipimport; sys.path_hooks.insert(0, zipimport.zipimporter)

gc.collect(); gc.freeze()
def turn():
    host.call(b"d" + _world.handle(host.call(b"r")))

_world = karat_guest.WitWorld()
