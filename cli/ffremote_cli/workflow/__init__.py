"""Conversions: upload, follow, download, several in parallel.

Prints nothing: progress goes to a `progress_view`.
Imports `client`; `settings`, `ui` and the commands import it.
"""
