"""The version of all packages in this repository."""

__version__ = "0.2.0"
