"""The recipes of other package managers, with the version, the source and its sum put in."""

import re
from pathlib import Path

from .distributions import sha256
from .subject import ROOT, NotReleasable, Subject

TEMPLATES = (Path("deploy/homebrew/ffremote.rb"), Path("deploy/aur/PKGBUILD"))
_PLACE = re.compile(r"@[A-Z0-9]+@")


def write(subject: Subject, files: tuple[Path, Path], target: Path, *, forge: str | None) -> None:
    """Write the recipes into `target`; without a forge their source is the file itself."""
    sdist = files[1]
    source = sdist.resolve().as_uri()
    if forge is not None:
        source = f"{forge}/releases/download/v{subject.version}/{sdist.name}"
    values = {
        "@VERSION@": subject.version,
        "@SOURCE@": source,
        "@SHA256@": sha256(sdist),
        "@HOMEPAGE@": forge or sdist.parent.resolve().as_uri(),
    }
    for template in TEMPLATES:
        (target / template.name).write_text(filled((ROOT / template).read_text(), values))


def filled(template: str, values: dict[str, str]) -> str:
    """Return a template with its places filled; raise NotReleasable for one without a value."""
    if unknown := sorted(set(_PLACE.findall(template)) - set(values)):
        raise NotReleasable(f"a recipe has {', '.join(unknown)}, which nothing fills")
    return _PLACE.sub(lambda place: values[place[0]], template)
