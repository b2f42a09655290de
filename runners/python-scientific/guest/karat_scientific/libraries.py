"""Which libraries are imported before the snapshot, and what of each: what programs import of them. The rest of what
the archive has is imported when it is needed."""

import importlib

_NAMES = """
numpy numpy.ctypeslib numpy.fft numpy.lib.recfunctions numpy.lib.scimath numpy.lib.stride_tricks numpy.linalg numpy.ma
numpy.ma.mrecords numpy.polynomial numpy.random numpy.rec numpy.strings numpy.testing numpy.typing pandas
pandas.api.extensions pandas.api.indexers pandas.api.types pandas.errors pandas.io.clipboard pandas.io.formats.excel
pandas.io.formats.style pandas.io.json pandas.plotting pandas.plotting._matplotlib pandas.testing
pandas.tseries.frequencies pandas.tseries.holiday pandas.tseries.offsets scipy scipy.cluster.hierarchy
scipy.cluster.vq scipy.constants scipy.datasets scipy.fft scipy.fftpack scipy.integrate scipy.interpolate scipy.io
scipy.io.arff scipy.io.wavfile scipy.linalg scipy.linalg.blas scipy.linalg.lapack scipy.misc scipy.ndimage
scipy.optimize scipy.signal scipy.signal.windows scipy.sparse scipy.sparse.csgraph scipy.sparse.linalg scipy.spatial
scipy.spatial.distance scipy.spatial.transform scipy.special scipy.stats scipy.stats.contingency
scipy.stats.distributions scipy.stats.mstats scipy.stats.qmc sklearn sklearn.base sklearn.calibration sklearn.cluster
sklearn.compose sklearn.covariance sklearn.cross_decomposition sklearn.datasets sklearn.decomposition
sklearn.discriminant_analysis sklearn.dummy sklearn.ensemble sklearn.exceptions
sklearn.experimental.enable_halving_search_cv sklearn.experimental.enable_iterative_imputer sklearn.feature_extraction
sklearn.feature_extraction.image sklearn.feature_extraction.text sklearn.feature_selection sklearn.gaussian_process
sklearn.gaussian_process.kernels sklearn.impute sklearn.inspection sklearn.isotonic sklearn.kernel_approximation
sklearn.kernel_ridge sklearn.linear_model sklearn.manifold sklearn.metrics sklearn.metrics.cluster
sklearn.metrics.pairwise sklearn.mixture sklearn.model_selection sklearn.multiclass sklearn.multioutput
sklearn.naive_bayes sklearn.neighbors sklearn.neural_network sklearn.pipeline sklearn.preprocessing
sklearn.random_projection sklearn.semi_supervised sklearn.svm sklearn.tree sklearn.utils sklearn.utils.validation
matplotlib.animation matplotlib.backends.backend_agg matplotlib.backends.backend_pdf matplotlib.backends.backend_svg
matplotlib.cm matplotlib.collections matplotlib.colorbar matplotlib.colors matplotlib.dates matplotlib.figure
matplotlib.gridspec matplotlib.image matplotlib.lines matplotlib.patches matplotlib.patheffects matplotlib.path
matplotlib.style matplotlib.ticker matplotlib.transforms matplotlib.widgets mpl_toolkits.axes_grid1
mpl_toolkits.mplot3d mpl_toolkits.mplot3d.art3d pylab seaborn statsmodels.api statsmodels.formula.api
statsmodels.graphics.tsaplots statsmodels.stats.api statsmodels.stats.multicomp statsmodels.stats.outliers_influence
statsmodels.tsa.api statsmodels.tsa.arima.model statsmodels.tsa.seasonal statsmodels.tsa.stattools patsy sympy
sympy.abc sympy.parsing.sympy_parser sympy.stats networkx networkx.algorithms.bipartite networkx.algorithms.community
mpmath lxml.etree lxml.html lxml.builder lxml.objectify bs4 html5lib xmltodict yaml regex jinja2 markupsafe tabulate
PIL.Image PIL.ImageChops PIL.ImageColor PIL.ImageDraw PIL.ImageEnhance PIL.ImageFilter PIL.ImageFont PIL.ImageOps
PIL.ImageStat PIL.PngImagePlugin PIL.JpegImagePlugin PIL.GifImagePlugin PIL.BmpImagePlugin openpyxl openpyxl.chart
openpyxl.styles openpyxl.utils openpyxl.utils.dataframe openpyxl.worksheet.table xlsxwriter xlrd pypdf
reportlab.pdfgen.canvas reportlab.platypus dateutil.parser dateutil.relativedelta dateutil.rrule dateutil.tz tqdm
tqdm.auto joblib cloudpickle threadpoolctl more_itertools toolz attr attrs six typing_extensions packaging.version
charset_normalizer defusedxml.ElementTree tomli_w narwhals wrapt pyparsing cycler fontTools.ttLib
"""


def load():
    """Import them all, always in this order."""
    for name in _NAMES.split():
        importlib.import_module(name)
