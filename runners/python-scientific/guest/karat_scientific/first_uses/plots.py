"""Figures of matplotlib, pandas and seaborn."""

import numpy as np


def plots(folder):
    import matplotlib.pyplot as plt
    import pandas as pd
    import seaborn as sns
    from matplotlib.animation import FuncAnimation

    plt.rcParams.update({"figure.dpi": 10, "savefig.dpi": 10})
    x = np.arange(10.0)
    table = pd.DataFrame({"x": x, "y": x**2, "z": list("ab") * 5, "day": pd.date_range("2024-01-01", periods=10)})

    def finish():
        for form in ("png", "pdf", "svg"):
            plt.savefig(f"{folder}/figure.{form}")
        plt.close("all")

    (
        plt.plot(x, x, label="a line"),
        plt.title("title $x^2$"),
        plt.xlabel("x"),
        plt.grid(True),
        plt.legend(),
        plt.xscale("log"),
    )
    finish()
    figure, axes = plt.subplots(3, 3, figsize=(9, 9))
    parts = axes.ravel()
    (
        parts[0].hist(x, bins=3),
        parts[1].bar(["a", "b"], [1, 2]),
        parts[2].scatter(x, x, c=x),
        parts[3].pie([1, 2], labels=["a", "b"]),
    )
    (
        parts[4].boxplot([x, x]),
        figure.colorbar(parts[5].imshow(x.reshape(2, 5)), ax=parts[5]),
        parts[6].fill_between(x, x, 0),
    )
    (
        parts[7].contourf(x.reshape(2, 5)),
        parts[8].errorbar(x, x, yerr=1),
        parts[8].annotate("a", (1, 1), (2, 2), arrowprops={}),
    )
    parts[6].set_xticklabels(parts[6].get_xticks(), rotation=45), parts[7].axhline(1), parts[3].text(0, 0, "text")
    plt.tight_layout(), parts[0].get_title(), [patch.get_height() for patch in parts[0].patches]
    finish()
    plt.figure().add_subplot(projection="3d").plot_surface(*np.meshgrid(x, x), np.ones((10, 10)))
    plt.figure().add_subplot(projection="polar").plot(x, x)
    finish()
    plt.plot(table["day"], table["x"]), plt.gcf().autofmt_xdate()
    finish()
    for kind in ("line", "bar", "hist", "box", "area"):
        table[["x", "y"]].plot(kind=kind)
    (
        table.plot.scatter("x", "y"),
        table["x"].hist(),
        table.boxplot("x", by="z"),
        pd.plotting.scatter_matrix(table[["x", "y"]]),
    )
    table["z"].value_counts().plot(kind="pie"), table.set_index("day")["x"].plot()
    plt.close("all")
    for draw in (
        lambda: sns.heatmap(x.reshape(2, 5), annot=True),
        lambda: sns.boxplot(data=table, x="z", y="y"),
        lambda: sns.histplot(data=table, x="x", kde=True),
        lambda: sns.scatterplot(data=table, x="x", y="y", hue="z"),
        lambda: sns.lineplot(data=table, x="x", y="y"),
        lambda: sns.barplot(data=table, x="z", y="y"),
        lambda: sns.countplot(data=table, x="z"),
        lambda: sns.violinplot(data=table, x="z", y="y"),
        lambda: sns.pairplot(table),
        lambda: sns.regplot(data=table, x="x", y="y"),
        lambda: sns.kdeplot(table["x"]),
        lambda: sns.jointplot(data=table, x="x", y="y"),
        lambda: sns.clustermap(x.reshape(2, 5)),
        lambda: sns.catplot(data=table, x="z", y="y"),
    ):
        draw()
        plt.gcf().canvas.draw()
        plt.close("all")
    figure, axes = plt.subplots()
    FuncAnimation(figure, lambda frame: axes.plot([frame], [frame]), frames=2).save(
        f"{folder}/moving.gif", writer="pillow"
    )
    plt.close("all")
    plt.rcParams.update({name: plt.rcParamsDefault[name] for name in ("figure.dpi", "savefig.dpi")})
