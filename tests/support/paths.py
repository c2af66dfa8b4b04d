"""Directories of the checkout."""

from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
MEDIA = CHECKOUT / "tests" / "media"
"""Small inputs, one directory for each bug that they once caused."""
CERTIFICATES = CHECKOUT / "tests" / "cli" / "client" / "certificates"
"""Self-signed: one is valid for localhost, one for another name, one has expired."""
