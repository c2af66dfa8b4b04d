"""The ffremote client: command line and Python library, over HTTP only.

`from ffremote_cli import Client` is the library; the command line uses it too.
"""

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Client": "client.client",
    "ClientError": "errors",
    "JobCanceled": "errors",
    "JobFailed": "errors",
    "LocalFileProblem": "errors",
    "Misused": "errors",
    "Refused": "errors",
    "Stopped": "errors",
    "Unreachable": "errors",
    "Accepted": "client.models",
    "Capabilities": "client.documents",
    "Downloaded": "client.models",
    "Job": "client.documents",
    "JobFile": "client.models",
    "MediaFile": "client.documents",
    "JobPage": "client.models",
    "Status": "client.models",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    # Lazy, so that `ffremote --version` does not load requests.
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
