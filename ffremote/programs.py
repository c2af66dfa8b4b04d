"""Entry points of the server programs, with an error message if only the client is installed."""

import sys
from importlib import import_module


def server() -> None:
    """Run `ffremote-server`."""
    _run("ffremote-server", "ffremote.api.main", "pip install 'ffremote[server]'")


def worker() -> None:
    """Run `ffremote-worker`."""
    hint = "pip install 'ffremote[worker]' for a worker of another machine's server, else"
    _run("ffremote-worker", "ffremote_worker.main", f"{hint} 'ffremote[server]'")


def _run(program: str, module: str, hint: str) -> None:
    """Run the `main` of a module; exit with status 1 and one line if a dependency is missing."""
    try:
        main = import_module(module).main
    except ModuleNotFoundError as exc:
        if exc.name is None or exc.name.partition(".")[0] in ("ffremote", "ffremote_worker"):
            raise
        sys.exit(f"{program}: only the client is installed ({exc.name} is missing); {hint}")
    main()
