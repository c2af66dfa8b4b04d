"""Chooses the rows of a long matrix that run without `--all`."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def sampled(rows: Iterable[Sequence[Any]], *keep: int) -> list[Any]:
    """Return the rows, with those whose place is not in `keep` marked as `wide`."""
    return [
        pytest.param(*row, marks=() if place in keep else pytest.mark.wide)
        for place, row in enumerate(rows)
    ]


def every(step: int, rows: Iterable[Any]) -> list[Any]:
    """Return the rows of one argument, with all but each `step`-th marked as `wide`."""
    return [
        pytest.param(row, marks=pytest.mark.wide) if place % step else row
        for place, row in enumerate(rows)
    ]
