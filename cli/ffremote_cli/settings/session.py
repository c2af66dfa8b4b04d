"""The client, settings and history of the running command."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import click
from tqdm import tqdm

from ..client.client import Client
from ..errors import ClientError
from ..exits import error_line
from ..formatting import plain
from ..home import state_folder
from ..workflow.history import History
from ..workflow.job_ids import resolve_ids
from .settings import Settings, settings_of

Result = TypeVar("Result")


def current_settings() -> Settings:
    """Return the settings of the running command."""
    return settings_of(click.get_current_context())


@contextmanager
def connected(stop: threading.Event | None = None, *, warns: bool = True) -> Iterator[Client]:
    """Yield a client for the configured server; warn of a token that is not sent to it."""
    settings = current_settings()
    warn = _warner(click.get_current_context())
    if warns and settings.token_warning is not None:
        warn(settings.token_warning)
    with Client(
        settings.server,
        token=settings.token,
        ca=settings.ca,
        poll_interval=settings.poll_interval,
        patience_seconds=settings.patience,
        stop=stop,
        state_folder=state_folder(),
        on_warning=warn,
        bytes_per_second=settings.bwlimit,
        overlap=settings.overlap,
    ) as client:
        yield client


def _warner(ctx: click.Context) -> Callable[[str], None]:
    """Return a function that prints each warning once, on stderr above the progress bars."""
    printed: set[str] = ctx.meta.setdefault("ffremote_cli.warnings", set())

    def warn(sentence: str) -> None:
        if sentence not in printed:
            printed.add(sentence)
            with tqdm.external_write_mode(file=sys.stderr):
                click.echo(f"ffremote: warning: {plain(sentence)}", err=True)

    return warn


def history() -> History:
    """Return the jobs that this machine submitted."""
    return History(state_folder())


def ids_of(client: Client, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the job ids for full ids, beginnings of ids, or `last`."""
    return resolve_ids(client, history(), words)


def raise_errors(results: Sequence[Result | ClientError]) -> None:
    """Raise the first error among the results, after printing all others."""
    errors = [result for result in results if isinstance(result, ClientError)]
    for error in errors[1:]:
        click.echo(error_line(error), err=True)
    if errors:
        raise errors[0]
