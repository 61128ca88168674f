"""Puts the scripts of others that the chat page serves into its folder `vendor`, as their packages hold them.

`make vendored` runs it: `python -m tests.chat_page.vendored FOLDER`, where the packages are installed in `FOLDER`.
"""

import json
import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path

from tests.chat_page.vendored.files import README, SUMS, VENDOR, grammars

LICENCE = re.compile(r"licen[cs]e", re.IGNORECASE)
# what markdown-it's file holds of others
INSIDE_MARKDOWN_IT = ("entities", "linkify-it", "mdurl", "punycode.js", "uc.micro")
INTRODUCTION = """\
Scripts of others, as their packages hold them; made by `make vendored`. The chat page loads them when a message
needs them. `SHA256SUMS` says what they should be, `LICENSES.txt` what they may be used for.

| here | package | version | licence | file there |
|---|---|---|---|---|
"""


def scripts(modules: Path) -> dict[str, tuple[Path, Path]]:
    """Each script's name here, its package's folder and its path there."""
    markdown_it, highlight = modules / "markdown-it", modules / "@highlightjs" / "cdn-assets"
    languages = {f"highlight/{name}.js": (highlight, Path(f"es/languages/{name}.min.js")) for name in grammars()}
    return {
        "markdown-it.js": (markdown_it, Path("dist/browser/markdown-it.esm.min.mjs")),
        "highlight/core.js": (highlight, Path("es/core.min.js")),
        **languages,
    }


def about(package: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((package / "package.json").read_text())
    return found


def licence_of(package: Path) -> str:
    [path] = [path for path in package.iterdir() if LICENCE.match(path.name)]
    head = "{name} {version} ({license})".format_map(about(package))
    return f"{head}\n{'=' * len(head)}\n\n{path.read_text().strip()}\n"


def bring(modules: Path) -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "highlight").mkdir(parents=True)
    rows, sums = [], []
    for name, (package, path) in scripts(modules).items():
        shutil.copyfile(package / path, VENDOR / name)
        rows.append("| {name} | {package} | {version} | {license} | {path} |".format(**row(name, package, path)))
        sums.append(f"{sha256((VENDOR / name).read_bytes()).hexdigest()}  {name}")
    README.write_text(INTRODUCTION + "\n".join(rows) + "\n")
    SUMS.write_text("\n".join(sums) + "\n")
    packages = ["markdown-it", *INSIDE_MARKDOWN_IT, "@highlightjs/cdn-assets"]
    (VENDOR / "LICENSES.txt").write_text("\n\n".join(licence_of(modules / name) for name in packages))


def row(name: str, package: Path, path: Path) -> dict[str, str]:
    known = about(package)
    return {
        "name": name,
        "package": known["name"],
        "version": known["version"],
        "license": known["license"],
        "path": str(path),
    }


if __name__ == "__main__":
    bring(Path(sys.argv[1]) / "node_modules")
