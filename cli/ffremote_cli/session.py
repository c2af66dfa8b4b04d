"""What a command of ours starts with, and how one with several answers ends."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import click

from .client import Client
from .errors import ClientError
from .exits import one_line
from .history import History, state_folder
from .job_ids import meant
from .settings import Settings, settings_of

Result = TypeVar("Result")


def current_settings() -> Settings:
    """The settings of the command that is running."""
    return settings_of(click.get_current_context())


@contextmanager
def connected(stop: threading.Event | None = None) -> Iterator[Client]:
    """A client for the server that the person means."""
    settings = current_settings()
    with Client(
        settings.server,
        token=settings.token,
        poll_interval=settings.poll_interval,
        stop=stop,
        state_folder=state_folder(),
    ) as client:
        yield client


def history() -> History:
    """This user's own jobs."""
    return History(state_folder())


def ids_of(client: Client, words: tuple[str, ...]) -> tuple[str, ...]:
    """The job ids that a person means by whole ids, their beginnings, or `last`."""
    return meant(client, history(), words)


def raise_errors(answers: Sequence[Result | ClientError]) -> None:
    """Tell every error among the answers; the first decides how the program ends."""
    errors = [answer for answer in answers if isinstance(answer, ClientError)]
    for error in errors[1:]:
        click.echo(one_line(error), err=True)
    if errors:
        raise errors[0]
