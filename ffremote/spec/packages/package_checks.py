"""Checks what the keys of a package say together."""

from collections.abc import Mapping
from typing import get_args

from .package import Package
from .variant import problem_of_variants

_PICTURES = ("format", "fps", "every", "count", "quality", "start_number", "digits")
_SPRITES = ("format", "fps", "every", "count", "quality", "width", "height", "columns", "rows")
_SPRITE_FORMATS = ("jpg", "png", "webp")
_SEGMENTS = (
    *("seconds", "times", "container", "list", "reset_timestamps", "start_number", "digits"),
    "key_frames",
)
KEYS: Mapping[str, tuple[str, ...]] = {
    "pictures": _PICTURES,
    "segments": _SEGMENTS,
    "hls": ("seconds", "segment_type", "renditions", "variants", "start_number", "key_frames"),
    "dash": ("seconds", "renditions", "key_frames"),
    "sprites": _SPRITES,
}
"""The keys that each type takes."""
assert set(KEYS) == set(get_args(Package.model_fields["type"].annotation))


def problem(package: Package) -> tuple[str, str] | None:
    """Return the key of a package that contradicts the others, and why; None if all is well."""
    kind = package.type
    for key in Package.model_fields:
        if key != "type" and key not in KEYS[kind] and getattr(package, key) is not None:
            return key, f"is not for {kind}; its keys are {', '.join(KEYS[kind])}"
    if package.fps is not None and package.every is not None:
        return "every", "and fps exclude each other"
    if kind == "segments":
        return _problem_of_segments(package)
    if package.is_for_players:
        return _problem_for_players(package)
    return _problem_of_pictures(package) or _problem_of_sprites(package)


def _problem_for_players(package: Package) -> tuple[str, str] | None:
    if package.seconds is not None and not 1 <= package.seconds <= 60:
        return "seconds", f"is 1 to 60 for {package.type}"
    if package.variants is None:
        return None
    if package.renditions is not None:
        return "variants", "and renditions exclude each other"
    return problem_of_variants(package.variants)


def _problem_of_pictures(package: Package) -> tuple[str, str] | None:
    quality, made = package.quality, package.format or "jpg"
    if quality is not None and made not in ("jpg", "webp"):
        return "quality", f"is not for {made}, which loses nothing"
    if quality is not None and made == "jpg" and not 1 <= quality <= 31:
        return "quality", "is 1 to 31 for jpg"
    return None


def _problem_of_sprites(package: Package) -> tuple[str, str] | None:
    if package.type != "sprites":
        return None
    if package.count is not None and package.rate is not None:
        return "count", "excludes fps and every for sprites: it decides how far they are apart"
    if package.format not in (None, *_SPRITE_FORMATS):
        return "format", f"is one of {', '.join(_SPRITE_FORMATS)} for sprites"
    return None


def _problem_of_segments(package: Package) -> tuple[str, str] | None:
    times = package.times
    if (package.seconds is None) == (times is None):
        return "seconds", "or times is required for segments, and not both"
    if times is not None and (times[0] <= 0 or sorted(set(times)) != list(times)):
        return "times", "must rise and be greater than 0"
    return None
