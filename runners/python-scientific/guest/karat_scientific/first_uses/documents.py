"""Documents: markup, images, workbooks, pages, and what works through many of them."""

import io

import numpy as np


def documents(folder):
    import bs4
    import jinja2
    import lxml.etree
    import lxml.html
    import regex
    import xmltodict
    import yaml
    from dateutil import parser, relativedelta
    from tabulate import tabulate

    text = "<html><body><p class='a'>text<a href='b'>link</a></p></body></html>"
    for kind in ("html.parser", "lxml", "html5lib", "xml"):
        (
            bs4.BeautifulSoup(text, kind).find_all("a"),
            bs4.BeautifulSoup(text, kind).select("p.a"),
            bs4.BeautifulSoup(text, kind).prettify(),
        )
    (
        lxml.html.fromstring(text).xpath("//a/@href"),
        lxml.etree.tostring(lxml.etree.fromstring(text.encode()), pretty_print=True),
    )
    (
        xmltodict.parse(text),
        xmltodict.unparse({"a": {"b": "c"}}),
        yaml.safe_load("a: [1, 2.5, 2024-01-01]"),
        yaml.dump({"a": [1]}),
    )
    jinja2.Template("{% for x in y %}{{ x|upper }}{% endfor %}").render(y=["a"]), regex.findall(r"\p{L}+", "some words")
    parser.parse("Jan 5 2024 10:00 UTC"), relativedelta.relativedelta(months=1), tabulate([[1, 2]], headers=["a", "b"])


def files(folder):
    import openpyxl
    import pypdf
    import xlsxwriter
    from joblib import Parallel, delayed, dump, load
    from PIL import Image, ImageDraw, ImageFilter, ImageFont
    from reportlab.pdfgen.canvas import Canvas
    from tqdm import tqdm

    image = Image.new("RGB", (20, 20), "red")
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((1, 1, 5, 5), fill="blue"), drawing.text((1, 1), "a", font=ImageFont.load_default())
    image.resize((5, 5)).rotate(45).convert("L").filter(ImageFilter.BLUR), np.array(image)
    for form in ("png", "jpg", "gif", "bmp", "webp", "tiff"):
        try:
            image.save(f"{folder}/image.{form}")
            Image.open(f"{folder}/image.{form}").load()
        except (KeyError, OSError, ValueError) as error:
            print("no", form, error)
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.save(f"{folder}/book.xlsx"), openpyxl.load_workbook(f"{folder}/book.xlsx")
    book = xlsxwriter.Workbook(f"{folder}/book.xlsx")
    book.add_worksheet().write(0, 0, "a"), book.close()
    canvas = Canvas(f"{folder}/page.pdf")
    canvas.drawString(10, 10, "text"), canvas.save()
    pypdf.PdfReader(f"{folder}/page.pdf").pages[0].extract_text()
    Parallel(n_jobs=2)(delayed(abs)(number) for number in (1, 2)), dump(1, f"{folder}/dumped"), load(f"{folder}/dumped")
    [number for number in tqdm([1], file=io.StringIO())]
