"""The licences of everything that a release has in it, as one text: `python release/licences.py KARAT`.

These are the crates that the command and the Python module are linked from, as `cargo metadata` tells, and the packages
that the guests are built from, as the command's cache has them. A crate without a file of its licence is named with what
its manifest says; one without either ends this.
"""

from __future__ import annotations

import builtins
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")
TARGET = "x86_64-unknown-linux-gnu"


def linked_crates() -> list[dict[str, Any]]:
    """The crates that the binding, and so the command, are made of."""
    words = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", TARGET]
    metadata = json.loads(subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    waiting = [package["id"] for package in packages.values() if package["name"] == "karat-python"]
    found: set[str] = set()
    while waiting:
        here = waiting.pop()
        # What runs while others are compiled is in nothing that is shipped.
        kinds = {kind for target in packages[here]["targets"] for kind in target["kind"]}
        if here in found or "proc-macro" in kinds:
            continue
        found.add(here)
        for dependency in nodes[here]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    crates = (packages[crate] for crate in found if packages[crate]["source"] is not None)
    return sorted(crates, key=lambda crate: (crate["name"], crate["version"]))


def licence_files(folder: Path) -> list[Path]:
    """The files of a folder that hold licences."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name.upper().startswith(NAMES))


def guest_packages(karat: Path) -> list[tuple[str, list[str]]]:
    """The packages that guests are built from, with the texts of their licences."""
    caches = json.loads(
        subprocess.run([karat, "cache", "stats", "--format", "json"], check=True, stdout=subprocess.PIPE).stdout
    )
    found = []
    runners = Path(caches["directory"]) / "runners"
    for information in sorted(runners.glob("*/venv-*/lib/python*/site-packages/*.dist-info")):
        name = information.name.removesuffix(".dist-info")
        if name.split("-")[0] in ("pip", "setuptools", "wheel"):
            continue
        files = sorted(
            path for path in information.rglob("*") if path.is_file() and path.name.upper().startswith(NAMES)
        )
        found.append((name, [path.read_text(encoding="utf-8", errors="replace") for path in files]))
    if not found:
        sys.exit("error: the guests' packages are not in the cache; install the runners from source first")
    # CPython itself comes inside of componentize-py, without its licence; it is that of every CPython.
    printer: Any = getattr(builtins, "license")
    printer._Printer__setup()
    found.append(("CPython", ["\n".join(printer._Printer__lines)]))
    return found


def text(karat: Path) -> str:
    """All licences, each text once, with those that it is of."""
    by_text: dict[str, list[str]] = defaultdict(list)
    for crate in linked_crates():
        name = f"{crate['name']} {crate['version']}"
        files = licence_files(Path(crate["manifest_path"]).parent)
        for path in files:
            by_text[path.read_text(encoding="utf-8", errors="replace").strip()].append(name)
        if not files:
            if not crate["license"]:
                sys.exit(f"error: {name} says nothing of its licence")
            authors = ", ".join(crate["authors"]) or "its authors"
            by_text[f"{crate['license']}; the crate has no text of it. By {authors}."].append(name)
    for name, texts in guest_packages(karat):
        for licence in texts:
            by_text[licence.strip()].append(name)
    parts = ["Karat is under MIT or Apache-2.0, as you like. It has in it:"]
    for licence, names in sorted(by_text.items(), key=lambda item: item[1]):
        parts.append(f"{'=' * 100}\n{', '.join(dict.fromkeys(names))}\n{'=' * 100}\n\n{licence}")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python release/licences.py KARAT")
    sys.stdout.write(text(Path(sys.argv[1])))
