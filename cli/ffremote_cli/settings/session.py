"""What a command of ours starts with, and how one with several answers ends."""

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
from ..workflow.history import History, state_folder
from ..workflow.job_ids import resolve_ids
from .settings import Settings, settings_of

Result = TypeVar("Result")


def current_settings() -> Settings:
    """The settings of the command that is running."""
    return settings_of(click.get_current_context())


@contextmanager
def connected(stop: threading.Event | None = None, *, warns: bool = True) -> Iterator[Client]:
    """A client for the server that the person means; warns of a token that is not sent."""
    settings = current_settings()
    warn = _warner(click.get_current_context())
    if warns and settings.withheld is not None:
        warn(settings.withheld)
    with Client(
        settings.server,
        token=settings.token,
        poll_interval=settings.poll_interval,
        patience_seconds=settings.patience,
        stop=stop,
        state_folder=state_folder(),
        on_warning=warn,
    ) as client:
        yield client


def _warner(ctx: click.Context) -> Callable[[str], None]:
    """What prints a warning on stderr, above the bars; each once in a run of the program."""
    printed: set[str] = ctx.meta.setdefault("ffremote_cli.warnings", set())

    def warn(sentence: str) -> None:
        if sentence not in printed:
            printed.add(sentence)
            with tqdm.external_write_mode(file=sys.stderr):
                click.echo(f"ffremote: warning: {plain(sentence)}", err=True)

    return warn


def history() -> History:
    """This user's own jobs."""
    return History(state_folder())


def ids_of(client: Client, words: tuple[str, ...]) -> tuple[str, ...]:
    """The job ids that a person means by whole ids, their beginnings, or `last`."""
    return resolve_ids(client, history(), words)


def raise_errors(answers: Sequence[Result | ClientError]) -> None:
    """Tell every error among the answers; the first decides how the program ends."""
    errors = [answer for answer in answers if isinstance(answer, ClientError)]
    for error in errors[1:]:
        click.echo(error_line(error), err=True)
    if errors:
        raise errors[0]
