"""`ffremote login`: test a server and its token, and write both into the configuration file."""

import sys
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import click

from ...client.address import base_url, origin_of
from ...client.client import Client
from ...client.config_file import config_path, read_toml
from ...errors import ClientError, LocalFileProblem, Misused, Refused
from ...formatting import print_json, remark
from ...settings.config_edit import write_profile
from ...settings.shared_options import SharedCommand, given_options, wants_json

_LONGEST_TOKEN = 4096


@click.command(
    cls=SharedCommand,
    name="login",
    examples=(
        "ffremote login https://encode.example.com",
        "ffremote login http://127.0.0.1:8080 --profile tunnel",
        "ffremote login https://encode.example.com <token.txt",
        "ffremote login https://box.home.arpa --ca ~/box.pem",
        "ffremote login --profile work --no-default",
    ),
)
@click.argument("url", required=False)
@click.option("--no-default", is_flag=True, help="Do not make the profile the default one.")
@click.pass_context
def command(ctx: click.Context, url: str | None, no_default: bool) -> None:
    """Test the server at URL, and write it with its token into the configuration file.

    The profile is called as --profile says, or as the host, and becomes the default one. Without
    URL, the server of that profile gets another token.

    The token is read from FFREMOTE_TOKEN, from a prompt, or from the first line of stdin; it is
    never printed. --ca names the certificates of an authority that this machine does not trust by
    itself; the profile keeps their path. The file can be read by its owner only. After an error it
    is unchanged.
    """
    given = given_options(ctx)
    path = config_path()
    profiles = (read_toml(path) or {}).get("profiles", {})
    server = url or given.get("server") or _server_of(profiles, given.get("profile"))
    if not server:
        raise Misused("no server is given", hint="name it: ffremote login https://HOST")
    address = base_url(str(server)).removesuffix("/api/v1")
    name = str(given.get("profile") or urlsplit(address).hostname)
    ca = _certificates(given.get("ca"), address, _profile_of(profiles, name))
    token = _tested(address, given.get("token") or None, ca)
    found = {"server": address, "token": token, "ca": ca}
    values = {key: value for key, value in found.items() if value}
    write_profile(path, name, values, is_default=not no_default)
    quiet = bool(given.get("quiet"))
    if token and _is_exposed(address):
        remark(f"warning: {address} sends the token unencrypted; better use https", quiet=quiet)
    if (other := given.get("server")) and origin_of(str(other)) != origin_of(address):
        remark(f"note: FFREMOTE_SERVER is {other}, which overrides the profile", quiet=quiet)
    if wants_json(ctx):
        print_json(
            {"profile": name, "server": address, "has_token": bool(token), "path": str(path)}
        )
    else:
        click.echo(f"profile {name}: {address}, {'with a' if token else 'without a'} token")
        remark(f"written to {path}", quiet=quiet)


def _profile_of(profiles: object, name: object) -> Mapping[str, object]:
    profile = profiles.get(name) if isinstance(profiles, Mapping) else None
    return profile if isinstance(profile, Mapping) else {}


def _server_of(profiles: object, name: object) -> str | None:
    server = _profile_of(profiles, name).get("server")
    return server if isinstance(server, str) else None


def _certificates(given: str | None, address: str, profile: Mapping[str, object]) -> str | None:
    """Return the file of --ca, or that of the profile if it is for the same server."""
    if not given:
        ca, server = profile.get("ca"), profile.get("server")
        is_same = isinstance(server, str) and origin_of(server) == origin_of(address)
        return ca if is_same and isinstance(ca, str) else None
    if not address.startswith("https:"):
        raise Misused(f"--ca has certificates for https, and {address} is http")
    return str(Path(given).expanduser().absolute())


def _tested(address: str, token: str | None, ca: str | None) -> str | None:
    """Return the token that gives access to the server, if one is needed or given."""
    with Client(address, token=token, ca=ca) as client:
        try:
            client.check_access()
            return token
        except Refused as exc:
            if token is not None or exc.code != "UNAUTHORIZED":
                raise _with_advice(exc) from exc
            token = _read_token(address, exc)
    with Client(address, token=token, ca=ca) as client:
        try:
            client.check_access()
        except Refused as exc:
            raise _with_advice(exc) from exc
    return token


def _read_token(address: str, refusal: Refused) -> str:
    if sys.stdin.isatty():
        token = str(click.prompt(f"Token for {address}", hide_input=True, err=True))
    else:
        token = _first_line()
    if token := token.strip():
        return token
    refusal.hint = "set FFREMOTE_TOKEN, or write the token to stdin"
    raise refusal


def _first_line() -> str:
    try:
        return sys.stdin.readline(_LONGEST_TOKEN)
    except (OSError, UnicodeDecodeError) as exc:
        raise LocalFileProblem(f"the token cannot be read from stdin: {exc}") from exc


def _with_advice(error: Refused) -> ClientError:
    if error.code == "UNAUTHORIZED":
        error.hint = (
            "nothing was written; `flask --app ffremote token NAME` on the server makes one"
        )
    return error


def _is_exposed(address: str) -> bool:
    """Whether a token for the address would cross a network without encryption."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        is_local = ip_address(host).is_loopback
    except ValueError:
        is_local = host == "localhost" or host.endswith(".localhost")
    return parts.scheme == "http" and not is_local
