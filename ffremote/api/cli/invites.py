"""`flask worker invite`: one line for another machine, by which it becomes a worker."""

import secrets
from datetime import timedelta

import click
from flask.cli import AppGroup

from ffremote.errors import ConfigurationError
from ffremote.jobs.fleet import invites
from ffremote.ledger.invitation import Invitation, fingerprint_of

from ..access.auth import hash_of, new_secret
from .commands import duration, ready_context
from .tokens import require_name

LONGEST = timedelta(hours=24)


@click.group("worker", cls=AppGroup, short_help="Invite workers on other machines.")
def group() -> None:
    """Invite workers on other machines, which reach this server over HTTP.

    \b
    Example:
      flask worker invite attic --url https://box.example
    """


@group.command(short_help="Print the line by which another machine becomes a worker.")
@click.argument("name", required=False)
@click.option(
    "--url",
    required=True,
    metavar="URL",
    help="How the other machine reaches this server: https://box.example, http://10.0.0.5:8080.",
)
@click.option(
    "--valid",
    type=duration,
    default="15m",
    metavar="SPAN",
    show_default=True,
    help="How long it can be used: 5m, 2h; at most 24h.",
)
def invite(name: str | None, url: str, valid: timedelta) -> None:
    """Print a command to paste on another machine. It works once, and for minutes.

    There it fetches a token for the worker NAME, which `flask token list` shows from then on, and
    `flask token revoke NAME` ends. With https, the line has the fingerprint of the certificate that
    URL shows here, and the other machine joins no server with another one.

    \b
    Examples:
      flask worker invite attic --url https://box.example
      flask worker invite --url http://10.0.0.5:8080 --valid 5m
    """
    name = name or f"worker-{secrets.token_hex(3)}"
    require_name(name)
    if not timedelta(0) < valid <= LONGEST:
        raise click.BadParameter("from 1s to 24h", param_hint="--valid")
    context = ready_context()
    secret = new_secret()
    try:
        invitation = Invitation(url, secret, fingerprint_of(url))
        invites.add(context.session, name=name, hashed=hash_of(secret), lifetime=valid)
    except ConfigurationError as exc:
        raise click.BadParameter(str(exc), param_hint="--url") from exc
    except invites.NameInUse as exc:
        raise click.ClickException(
            f"there is a token or an open invitation {name!r}; choose another name, or run: "
            f"flask token revoke {name}"
        ) from exc
    click.echo(f"On the other machine, within {valid}, once:", err=True)
    click.echo(f"ffremote-worker join {invitation.line}")
