"""Directories of the checkout."""

from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
MEDIA = CHECKOUT / "tests" / "media"
"""Small inputs, one directory for each bug that they once caused."""
