"""`ffremote-worker join`: an invitation becomes a token that only this machine knows."""

import hashlib
import secrets
import ssl
from pathlib import Path

from ffremote.errors import ConfigurationError
from ffremote.host.file_system import replace_text
from ffremote.ledger import wire
from ffremote.ledger.invitation import Invitation, certificate_of
from ffremote_cli.errors import Refused

from . import joined
from .joined import Joined
from .remote.line import Line, ServerAway, words

CERTIFICATE = "server.pem"
TOKEN_BYTES = 32


def join(text: str, data_dir: Path, *, ca: str = "") -> str:
    """Exchange an invitation for a token, which is kept in `data_dir`; return the server's URL.

    An invitation of which the answer was lost can be used by this machine again. Raise
    ConfigurationError.
    """
    invitation = Invitation.parse(text)
    known = joined.find(data_dir, invitation.url)
    invite = _hash(invitation.secret)
    if known is None or known.invite != invite:
        known = Joined(secrets.token_urlsafe(TOKEN_BYTES), invite=invite)
        certificate = _certificate(invitation)
        known = Joined(known.token, ca or _own_ca(invitation, certificate, data_dir), invite)
    before = joined.find(data_dir, invitation.url)
    joined.write(data_dir, invitation.url, known)
    wish = wire.JoinWish(invite=invitation.secret, token_hash=_hash(known.token))
    try:
        Line(invitation.url, "", ca=known.ca).ask(wire.Joined, "POST", "/join", body=wish)
    except Refused as exc:
        if before is None:
            joined.forget(data_dir, invitation.url)
        else:
            joined.write(data_dir, invitation.url, before)
        raise ConfigurationError(_refusal(invitation, exc)) from exc
    except ServerAway as exc:
        raise ConfigurationError(f"{exc}; the same line can be used again on this machine") from exc
    return invitation.url


def _certificate(invitation: Invitation) -> bytes | None:
    """Return the certificate of the server, None for plain HTTP.

    Raise ConfigurationError if it is not that of the invitation: nothing was sent then.
    """
    if invitation.fingerprint is None:
        return None
    try:
        found = certificate_of(invitation.url)
    except OSError as exc:
        raise ConfigurationError(f"{invitation.url} cannot be reached: {exc}") from exc
    if hashlib.sha256(found).hexdigest() != invitation.fingerprint:
        raise ConfigurationError(
            f"{invitation.url} shows another certificate than the one of the invitation: something "
            "is between this machine and the server, or the certificate was renewed since. Nothing "
            "was sent; in the second case ask for another invitation"
        )
    return found


def _own_ca(invitation: Invitation, certificate: bytes | None, data_dir: Path) -> str:
    """Return the file with the server's own certificate, empty if an authority vouches for it."""
    if certificate is None or _is_trusted(invitation.url):
        return ""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data_dir / CERTIFICATE
    replace_text(path, ssl.DER_cert_to_PEM_cert(certificate))
    return str(path.resolve())


def _is_trusted(url: str) -> bool:
    try:
        Line(url, "").call("GET", "/")
    except ServerAway as exc:
        return not exc.is_misdirected
    except Refused:
        pass
    return True


def _refusal(invitation: Invitation, exc: Refused) -> str:
    if exc.status == 404:
        return (
            f"{invitation.url} knows no invitation, or is too old for them; on the server, "
            "`flask worker invite` prints one"
        )
    return f"{invitation.url}: {exc.message}" if exc.status == 401 else words(exc)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
