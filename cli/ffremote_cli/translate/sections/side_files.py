"""The files that filters name, as inputs of the job."""

from dataclasses import replace
from typing import Any

from ..filters.chains import FilterChains
from .inputs import Inputs
from .subtitles import burned_section


def with_side_files(inputs: Inputs, filters: FilterChains) -> tuple[Inputs, dict[str, Any]]:
    """Return the inputs with these files, and the fields of the job about subtitles among them.

    The filters get the numbers of their files; those without streams come last.
    """
    fields: dict[str, Any] = {}
    if filters.burned is not None:
        inputs, fields["subtitles"] = burned_section(filters.burned, inputs)
    filters.number_files(len(inputs.uploads))
    return replace(inputs, filter_files=filters.side_files), fields
