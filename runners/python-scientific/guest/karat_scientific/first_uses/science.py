"""SciPy, statsmodels, sympy and networkx."""

import numpy as np


def science(folder):
    from scipy import (
        cluster,
        fft,
        integrate,
        interpolate,
        linalg,
        ndimage,
        optimize,
        signal,
        sparse,
        spatial,
        special,
        stats,
    )

    x = np.linspace(0.0, 3.0, 12)
    y = np.sin(x)
    optimize.minimize(lambda p: ((p - 1) ** 2).sum(), [0.0, 0.0]), optimize.curve_fit(lambda x, a: a * x, x, y)
    optimize.fsolve(lambda p: p - 1, 0.0), optimize.root(lambda p: p - 1, 0.0), optimize.linprog([1, 1], [[-1, 0]], [1])
    optimize.brentq(lambda p: p - 1, 0, 3), optimize.least_squares(lambda p: p - 1, [0.0])
    integrate.quad(np.sin, 0, 1), integrate.odeint(lambda y, t: -y, 1.0, x), integrate.simpson(y, x=x)
    integrate.solve_ivp(lambda t, y: -y, (0, 1), [1.0]), interpolate.interp1d(x, y, "cubic")(1), fft.fft(y)
    interpolate.UnivariateSpline(x, y)(1), interpolate.CubicSpline(x, y)(1), interpolate.griddata((x, y), x, (1, 1))
    (
        signal.find_peaks(y),
        signal.butter(2, 0.2),
        signal.filtfilt(*signal.butter(1, 0.2), y),
        signal.spectrogram(y, nperseg=4),
    )
    linalg.solve(np.eye(2), [1, 2]), linalg.lu(np.eye(2)), linalg.expm(np.eye(2)), ndimage.gaussian_filter(y, 1)
    ndimage.label(y > 0), special.gamma(3.5), special.erf(0.5), spatial.distance.cdist([[0, 1]], [[1, 2]])
    spatial.KDTree(np.c_[x, y]).query([1, 1]), spatial.ConvexHull(np.c_[x, y]), spatial.Delaunay(np.c_[x, y])
    (
        spatial.Voronoi(np.c_[x, y]),
        sparse.csr_matrix(np.eye(3)).dot(np.ones(3)),
        sparse.linalg.spsolve(sparse.eye_array(3).tocsc(), x[:3]),
    )
    cluster.hierarchy.linkage(np.c_[x, y]), cluster.vq.kmeans2(np.c_[x, y], 2, seed=1)
    stats.norm.pdf(x), stats.norm.fit(y), stats.norm.rvs(size=2, random_state=1), stats.ttest_ind(x, y), stats.zscore(y)
    stats.linregress(x, y), stats.pearsonr(x, y), stats.spearmanr(x, y), stats.mode([1, 1, 2]), stats.skew(y)
    (
        stats.kurtosis(y),
        stats.shapiro(y),
        stats.f_oneway(x, y),
        stats.chi2_contingency([[5, 6], [7, 8]]),
        stats.kstest(y, "norm"),
    )
    (
        stats.mannwhitneyu(x, y),
        stats.gaussian_kde(y)(x),
        stats.anderson(y, method="interpolate"),
        stats.boxcox(x + 1),
        stats.describe(y),
    )
    (
        stats.t.interval(0.9, 5),
        stats.binom.pmf(1, 3, 0.5),
        stats.poisson.pmf(1, 2),
        stats.iqr(y),
        stats.entropy([0.5, 0.5]),
    )


def statistics(folder):
    import pandas as pd
    import statsmodels.api as sm
    import statsmodels.formula.api as smf
    from statsmodels.tsa.seasonal import seasonal_decompose
    from statsmodels.tsa.stattools import adfuller

    x = np.arange(24.0)
    y = np.sin(x) + x
    str(sm.OLS(y, sm.add_constant(x)).fit().summary())
    table = pd.DataFrame({"x": x, "y": y, "z": ["a", "b"] * 12}, index=pd.date_range("2024-01-01", periods=24))
    sm.stats.anova_lm(smf.ols("y ~ x + C(z)", table).fit()), adfuller(y), seasonal_decompose(table["y"], period=4)


def symbols(folder):
    import sympy

    x, y = sympy.symbols("x y")
    sympy.simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2), sympy.diff(x**3, x), sympy.integrate(x**2, (x, 0, 1))
    sympy.solve(x**2 - 2, x), sympy.limit(sympy.sin(x) / x, x, 0), sympy.factor(x**2 - 1), sympy.expand((x + y) ** 2)
    sympy.latex(x / y), sympy.sympify("x + 1"), sympy.lambdify(x, x + 1)(1), sympy.Matrix([[1, 2], [3, 4]]).inv()
    str(sympy.pi.evalf(20)), sympy.isprime(7), sympy.factorint(12), sympy.series(sympy.exp(x), x, 0, 3)


def graphs(folder):
    import matplotlib.pyplot as plt
    import networkx as nx

    graph = nx.karate_club_graph()
    nx.shortest_path(graph, 0, 5), nx.degree_centrality(graph), nx.pagerank(graph), nx.betweenness_centrality(graph)
    nx.connected_components(graph), nx.to_numpy_array(graph), nx.minimum_spanning_tree(graph), nx.clustering(graph)
    nx.draw(graph, nx.spring_layout(graph, seed=1, iterations=2), with_labels=True)
    plt.gcf().canvas.draw()
    plt.close("all")
