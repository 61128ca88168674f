"""What `collectstatic` makes of the chat page: few files of many modules and style sheets, by esbuild.

Whatever is loaded at once is one module; what the page imports when somebody wants it remains apart. The client's
modules stay as they are beside that, for pages of others. Django and WhiteNoise do the rest: names with a hash of
the content, and what is packed.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from whitenoise.storage import CompressedManifestStaticFilesStorage

PAGE = "chat/page"
LIST = f"{PAGE}/files.json"  # see `page_files`
ENTRIES = ("main.js", "page.css")
APART = ("theme.js", "service-worker.js")  # loaded before and beside the page: no part of it
VENDOR = f"{PAGE}/vendor/"  # of size, and seldom needed: loaded when they are, kept by the browser alone
BROWSERS = "chrome109,safari16,firefox115"  # as tests/contracts/eslint.config.mjs has them
NOT_PACKED = ("gif", "md", "map", "png", "txt", "woff", "woff2")

Paths = dict[str, Any]


class PageStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is not typed
    """STATIC_ROOT: what `collectstatic` puts there, and the addresses of it."""

    support_js_module_import_aggregation = True  # the hashed name stands in what imports it, too
    # in ours; in megabytes of others' minified scripts it would look for long
    _js_module_import_aggregation_patterns = (
        "chat/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )

    def post_process(self, paths: Paths, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            paths = self._with_bundle(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def url(self, name: str | None, force: bool = False) -> str:
        """With the hash also where DEBUG is on, as in the demo."""
        address: str = super().url(name, force=True)
        return address

    def create_compressor(self, **options: Any) -> Any:
        return super().create_compressor(**options | {"extensions": NOT_PACKED})

    def compress_files(self, paths: set[str]) -> Any:
        """The names that pages ask for: those with a hash, and the client's, whose addresses stay as they are."""
        hashed = set(self.hashed_files.values())
        return super().compress_files({name for name in paths if name in hashed or name.startswith("chat/")})

    def _with_bundle(self, paths: Paths) -> Paths:
        """The files without the page's sources, and with what was made of them."""
        kept = {name: path for name, path in paths.items() if not _is_source(name)}
        for name in paths.keys() - kept.keys():
            self.delete(name)
        outputs = _bundle(Path(self.location))
        (Path(self.location) / LIST).write_text(json.dumps(_files_in(outputs)))
        return kept | {name: (self, name) for name in outputs}


def _is_source(name: str) -> bool:
    path = Path(name)
    return name.startswith(f"{PAGE}/") and path.suffix in (".js", ".css") and path.name not in APART


def _bundle(root: Path) -> Paths:
    """Write the page's bundle into `root`; return what esbuild says of each file, by its name there."""
    esbuild = shutil.which("esbuild")
    if esbuild is None:
        raise ImproperlyConfigured(
            "Install esbuild (apt-get install esbuild), or leave STATIC_ROOT empty to serve files as they are."
        )
    sources = [finders.find(f"{PAGE}/{entry}") for entry in ENTRIES]
    with TemporaryDirectory(prefix="chat-bundle-") as directory:
        about = Path(directory) / "about.json"
        subprocess.run(  # noqa: S603  # our own command
            [
                esbuild,
                *map(str, sources),
                f"--outdir={root / PAGE}",
                "--entry-names=[name]",
                "--chunk-names=parts/[name]-[hash]",
                f"--metafile={about}",
                f"--target={BROWSERS}",
                "--format=esm",
                "--bundle",
                "--splitting",
                "--minify",
                "--charset=utf8",
                "--log-level=warning",
            ],
            cwd=root,
            check=True,
        )
        outputs: Paths = json.loads(about.read_text())["outputs"]
        return outputs


def _files_in(outputs: Paths) -> dict[str, list[str]]:
    main = f"{PAGE}/main.js"
    modules, todo = [main], [main]
    while todo:
        for asked in outputs[todo.pop()]["imports"]:
            if asked["kind"] == "import-statement" and asked["path"] not in modules:
                modules.append(asked["path"])
                todo.append(asked["path"])
    vendored = {name for name, about in outputs.items() if any("/vendor/" in source for source in about["inputs"])}
    apart = [f"{PAGE}/theme.js", f"{PAGE}/icon.svg"]
    return {"styles": [f"{PAGE}/page.css"], "modules": modules, "kept": sorted({*outputs, *apart} - vendored)}
