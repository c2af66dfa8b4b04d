"""What the shell completes beyond commands and options: the ids of own jobs."""

import click

from ..workflow.history import History, state_folder

OFFERED = 20


def job_ids(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """`last` and the newest own jobs that begin with what is typed."""
    known = ["last", *(entry.job_id for entry in History(state_folder()).newest())]
    return [each for each in known if each.startswith(incomplete)][:OFFERED]
