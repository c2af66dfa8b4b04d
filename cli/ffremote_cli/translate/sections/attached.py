"""-attach: fonts and pictures that go into a Matroska file as they are."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from ..command_line.parser import InputFile, Option
from ..errors import CannotTranslate
from ..filters.local_files import SideFile
from .inputs import Inputs

_FONTS = frozenset({".otf", ".ttc", ".ttf"})
_PICTURES = frozenset({".jpeg", ".jpg", ".png"})
_TYPE = "mimetype="


def is_about_attachments(option: Option) -> bool:
    """Whether the option is -attach, or the type of attached files, which the server finds."""
    is_type = option.key.startswith("metadata:s:t") and (option.value or "").startswith(_TYPE)
    return option.name == "attach" or is_type


def with_attached(inputs: Inputs, options: Iterable[Option]) -> tuple[Inputs, list[dict[str, Any]]]:
    """Return the inputs with the attached files, and the section of the job about these.

    `inputs` has the files of filters already; fonts come after all others. Raise CannotTranslate
    for a file that is neither a font nor a picture.
    """
    names = [each.value or "" for each in options if each.name == "attach"]
    fonts = [name for name in names if _kind(name) == "font"]
    pictures = [name for name in names if name not in fonts]
    first = len(inputs.uploads) - len(inputs.filter_files)
    if pictures and inputs.filter_files:
        raise CannotTranslate(
            f"-attach {pictures[0]}", "beside filters that read files it is not supported"
        )
    inputs = replace(
        inputs,
        pictures=tuple(InputFile(name) for name in pictures),
        filter_files=(*inputs.filter_files, *(SideFile(name, "font") for name in fonts)),
    )
    numbers = _numbers(pictures, fonts, first, len(inputs.uploads) - len(fonts))
    return inputs, [
        {"input": numbers[place], "filename": PurePath(name).name}
        for place, name in enumerate([*pictures, *fonts])
    ]


def _numbers(
    pictures: Sequence[str], fonts: Sequence[str], first: int, first_font: int
) -> list[int]:
    return [*range(first, first + len(pictures)), *range(first_font, first_font + len(fonts))]


def _kind(name: str) -> str:
    ending = PurePath(name).suffix.lower()
    if ending not in _FONTS | _PICTURES:
        raise CannotTranslate(
            f"-attach {name}", "fonts (ttf, otf, ttc) and pictures (jpg, png) can be attached"
        )
    return "font" if ending in _FONTS else "picture"
