"""`flask token`: the tokens that clients send, added, listed and revoked while the server runs."""

from datetime import timedelta

import click
from flask.cli import AppGroup

from ffremote.clock import to_iso
from ffremote.db.token import TokenKind
from ffremote.jobs import tokens
from ffremote.jobs.tokens import NameTaken, StoredToken

from ..access.auth import NAME, Tokens, hash_of, new_secret, new_token
from .commands import duration, ready_context

CONFIGURED = "FFREMOTE_TOKENS"
SENT_AS = {
    TokenKind.CLIENT: "clients send it as FFREMOTE_TOKEN",
    TokenKind.WORKER: "the worker reads it from FFREMOTE_WORKER_TOKEN",
}


class _TokenGroup(AppGroup):
    """A group in which a word that is no command is the NAME of `entry`, as in version 0.1.0."""

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        is_name = bool(args) and not args[0].startswith("-") and args[0] not in self.commands
        return super().resolve_command(context, ["entry", *args] if is_name else args)


@click.group("token", cls=_TokenGroup, short_help="Add, list and revoke tokens.")
def group() -> None:
    """Add, list and revoke the tokens of clients and of workers; each takes effect at once.

    The first token of a client closes the server to everyone without one. `flask token NAME` only
    prints an entry for FFREMOTE_TOKENS, whose tokens are valid until the server starts without it.

    \b
    Examples:
      flask token add alice
      flask token add ci --expires 90d
      flask token add gaming-pc --worker
      flask token list
      flask token revoke alice
    """


@group.command(short_help="Add a token.")
@click.argument("name")
@click.option("--expires", type=duration, metavar="SPAN", help="Accept it for SPAN only: 12h, 90d.")
@click.option("--worker", "is_for_worker", is_flag=True, help="For a worker on another machine.")
def add(name: str, expires: timedelta | None, is_for_worker: bool) -> None:
    """Add a token for the client NAME, and print it: only now, since only its hash is stored.

    With --worker it is one for `ffremote-worker --server URL`, which claims jobs, reads their
    inputs and brings results, and may do nothing else.

    \b
    Examples:
      flask token add alice --expires 90d
      flask token add gaming-pc --worker
    """
    require_name(name)
    context = ready_context()
    if name in Tokens.parse(context.settings.tokens).hashes:
        raise click.ClickException(f"{CONFIGURED} has a token {name!r}; choose another name")
    secret = new_secret()
    kind = TokenKind.WORKER if is_for_worker else TokenKind.CLIENT
    try:
        tokens.add(
            context.session,
            name=name,
            kind=kind,
            hashed=hash_of(secret),
            lifetime=expires,
        )
    except NameTaken as exc:
        raise click.ClickException(
            f"there is a token {name!r}; choose another name, or run: flask token revoke {name}"
        ) from exc
    click.echo(f"The token, shown only now; {SENT_AS[kind]}:", err=True)
    click.echo(secret)


@group.command("list", short_help="List all tokens.")
def list_tokens() -> None:
    """List all tokens, oldest first: kind, state, name, when each was made, when it expires.

    \b
    Example:
      flask token list
    """
    context = ready_context()
    for name in Tokens.parse(context.settings.tokens).hashes:
        click.echo(f"client  valid    {name}  in {CONFIGURED}")
    for token in tokens.list_all(context.session):
        click.echo(_line(token))


@group.command(short_help="Revoke a token.")
@click.argument("name")
def revoke(name: str) -> None:
    """Revoke the token NAME: from the next request on, no server accepts it.

    A request that is running goes on. Its jobs and uploads stay.

    \b
    Example:
      flask token revoke alice
    """
    context = ready_context()
    if tokens.revoke(context.session, name):
        click.echo(f"{name} is revoked")
        return
    if name in Tokens.parse(context.settings.tokens).hashes:
        raise click.ClickException(
            f"{name!r} is an entry of {CONFIGURED}; remove it there and start the server again"
        )
    raise click.ClickException(f"there is no token {name!r}; see flask token list")


@group.command(short_help="Print an entry for FFREMOTE_TOKENS.")
@click.argument("name")
def entry(name: str) -> None:
    """Print an entry for FFREMOTE_TOKENS with a new token for NAME; nothing is stored.

    The token itself is printed once, on stderr; the entry holds only its hash. `flask token NAME`
    is the same.

    \b
    Example:
      flask token entry alice
    """
    require_name(name)
    secret, made = new_token(name)
    click.echo(f"The token, shown only now: {secret}", err=True)
    click.echo(made)


def require_name(name: str) -> None:
    """Raise BadParameter for what is no name of a token."""
    if not NAME.fullmatch(name):
        raise click.BadParameter(
            "1 to 64 letters, digits, '.', '_' and '-' only", param_hint="NAME"
        )


def _line(token: StoredToken) -> str:
    end = f", expires {to_iso(token.expires_at)}" if token.expires_at else ""
    made = to_iso(token.created_at)
    return f"{token.kind:<6}  {token.state:<7}  {token.name}  made {made}{end}"
