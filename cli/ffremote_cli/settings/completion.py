"""Shell completion of job ids, from the jobs that this machine submitted."""

import click

from ..workflow.history import History, state_folder

OFFERED = 20


def job_ids(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return `last` and the newest job ids that begin with the typed text."""
    candidates = ["last", *(entry.job_id for entry in History(state_folder()).newest())]
    return [each for each in candidates if each.startswith(incomplete)][:OFFERED]
