"""Tables: what is asked of them, what they are made into, and the formats of files."""

import io


def tables(folder):
    import pandas as pd

    table = pd.DataFrame(
        {
            "number": [1.5, 2.5, None, 4.0, 5.0, 6.5],
            "count": [1, 2, 3, 4, 5, 6],
            "name": list("aabbcc"),
            "day": pd.date_range("2024-01-01", periods=6),
        }
    )
    (
        str(table),
        repr(table["number"]),
        table.to_string(),
        table.to_html(),
        table.describe(),
        table.info(buf=io.StringIO()),
    )
    table.groupby("name")["number"].mean(), table.groupby("name").agg({"number": ["sum", "max"], "count": "size"})
    (
        table.groupby("name").apply(len),
        table.groupby("name")["count"].transform("sum"),
        table.pivot_table("count", "name"),
    )
    table.merge(table, on="name"), pd.concat([table, table]), table.sort_values("number"), table.melt(id_vars="name")
    table.set_index("day").resample("2D").sum(numeric_only=True), table["number"].rolling(2).mean(), table.dropna()
    (
        table["name"].value_counts(),
        table["name"].str.upper(),
        table["name"].str.contains("a"),
        table["day"].dt.strftime("%Y"),
    )
    table["name"].map({"a": 1}), table.apply(lambda row: row["count"], axis=1), table["number"].fillna(0).astype(int)
    table[table["count"] > 2].loc[:, ["name"]], table.iloc[0], table.query("count > 2"), table.eval("count + 1")
    pd.crosstab(table["name"], table["count"]), pd.get_dummies(table["name"]), pd.cut(table["count"], 2)
    pd.to_datetime(["2024-01-01", "2024-02-01"]), pd.to_datetime("01/02/2024"), pd.to_numeric(["1", "2"])
    (
        pd.Timestamp("2024-01-01 10:00", tz="Europe/Berlin"),
        pd.Timedelta("1 day"),
        pd.period_range("2024-01", periods=2, freq="M"),
    )
    table[["number", "count"]].corr(), table["number"].quantile(0.5), table.drop_duplicates(), table.duplicated()
    table.isnull().sum(), table.to_dict("records"), table.to_numpy(), table.T, table["name"].astype("category")
    table.select_dtypes(include="number"), table["number"].interpolate(), table.explode("name"), table.memory_usage()
    pd.testing.assert_frame_equal(table, table), pd.testing.assert_series_equal(table["name"], table["name"])
    pd.read_csv(io.StringIO("a,b\n1,x\n2.5,\n")), pd.read_json(io.StringIO(table.to_json())), table.to_markdown()
    path = f"{folder}/table"
    (
        table.to_csv(path, index=False),
        pd.read_csv(path, parse_dates=["day"]),
        pd.read_csv(path, sep=None, engine="python"),
    )
    (
        table.to_excel(f"{path}.xlsx", index=False),
        pd.read_excel(f"{path}.xlsx"),
        table.to_pickle(path),
        pd.read_pickle(path),
    )
    with pd.ExcelWriter(f"{path}.xlsx", engine="openpyxl") as writer:
        table.to_excel(writer, sheet_name="one")
    pd.read_html(io.StringIO(table.to_html())), table.to_xml(index=False), table.style.highlight_max().to_html()
    import sqlite3

    with sqlite3.connect(":memory:") as connection:
        table.to_sql("t", connection, index=False), pd.read_sql_query("SELECT * FROM t", connection)
    connection.close()
