"""From inputs to results: upload, wait, download, several at once.

Prints nothing: progress goes to a `progress_view`.
Imports `client`; `settings`, `ui` and the commands import it.
"""
