"""Put together what is installed: `python release/stage.py PREFIX`.

PREFIX/bin has the command; PREFIX/share/karat the guests, compressed, and the starter set; PREFIX/share/doc/karat the
licences of everything in it; and PREFIX/share the man pages and the completions of shells. The command is built by cargo
with the profile `dist`, or the one that is named.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from pathlib import Path

import licences

ROOT = Path(__file__).resolve().parent.parent
COMPLETIONS = {
    "bash": "bash-completion/completions/karat",
    "zsh": "zsh/site-functions/_karat",
    "fish": "fish/vendor_completions.d/karat.fish",
}


def target_folder() -> Path:
    """Where cargo puts what it builds."""
    return ROOT / os.environ.get("CARGO_TARGET_DIR", "target")


def command(profile: str) -> Path:
    """Build the command; tells where it is."""
    subprocess.run(["cargo", "build", "--locked", "--profile", profile, "--bin", "karat"], cwd=ROOT, check=True)
    return target_folder() / profile / "karat"


def stage(prefix: Path, karat: Path) -> None:
    """Fill a prefix with a command that was built, and all that is installed with it."""
    shutil.rmtree(prefix, ignore_errors=True)
    share = prefix / "share"
    for folder in (prefix / "bin", share / "karat" / "problems", share / "doc" / "karat", share / "man" / "man1"):
        folder.mkdir(parents=True)
    shutil.copy2(karat, prefix / "bin" / "karat")
    shutil.copytree(ROOT / "problems" / "starter", share / "karat" / "problems" / "starter")

    def run(*words: str | Path) -> bytes:
        return subprocess.run([karat, *words], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout

    run("runners", "bundle", share / "karat" / "guests", "--quiet")
    run("man", share / "man" / "man1")
    for shell, path in COMPLETIONS.items():
        (share / path).parent.mkdir(parents=True)
        (share / path).write_bytes(run("completions", shell))

    for name in ("LICENSE-MIT", "LICENSE-APACHE"):
        shutil.copy2(ROOT / name, share / "doc" / "karat" / name)
    (share / "doc" / "karat" / "THIRD-PARTY.txt").write_text(licences.text(karat), encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefix", type=Path, help="a folder, which is emptied first")
    parser.add_argument("--profile", default="dist", help="cargo's profile")
    arguments = parser.parse_args()
    stage(arguments.prefix, command(arguments.profile))


if __name__ == "__main__":
    main()
