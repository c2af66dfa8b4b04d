"""The files of the page in memory, with a version that is the hash of all of them."""

import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
FIRST = ("js/core/", "js/parts/", "js/jobs/", "vendor/preact", "vendor/hooks", "vendor/htm")
"""What every view needs, so that a browser can ask for all of it at once."""

SHEETS = ("theme", "base", "parts", "dialogs", "jobs", "job", "send", "service")
"""The style sheets in the order in which they apply."""


@dataclass(frozen=True)
class Asset:
    """A file, and its gzip form if that is smaller."""

    body: bytes
    content_type: str

    @cached_property
    def packed(self) -> bytes | None:
        """The gzip form, made when it is asked for first: the first request waits for no other."""
        packed = gzip.compress(self.body, mtime=0)
        return packed if len(packed) < len(self.body) else None


@cache
def every() -> Mapping[str, Asset]:
    """Return the files by their paths below /static/VERSION/, read once.

    The style sheets are there as one, which the first paint waits for.
    """
    found = dict(_read(files("ffremote.api.page").joinpath("static"), ""))
    sheets = [found.pop(f"css/{name}.css").body for name in SHEETS]
    return found | {"css/page.css": Asset(b"\n".join(sheets), KINDS["css"])}


@cache
def version() -> str:
    """Return the version of the files: another one after any change."""
    digest = hashlib.sha256()
    for name, asset in sorted(every().items()):
        digest.update(f"{name} {len(asset.body)}\n".encode() + asset.body)
    return digest.hexdigest()[:16]


@cache
def first_modules() -> Sequence[str]:
    """Return the modules that every view needs."""
    return [name for name in sorted(every()) if name.startswith(FIRST) and _is_module(name)]


def _is_module(name: str) -> bool:
    return name.endswith(("js", "mjs"))


def _read(folder: Traversable, prefix: str) -> Iterator[tuple[str, Asset]]:
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            yield from _read(entry, f"{name}/")
        elif (kind := KINDS.get(name.rpartition(".")[2])) is not None:
            yield name, Asset(entry.read_bytes(), kind)
