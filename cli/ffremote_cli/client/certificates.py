"""The file with the certificates of a private authority."""

import os
import ssl
from pathlib import Path

from ..errors import LocalFileProblem


def certificates_file(ca: str | os.PathLike[str]) -> str:
    """Return the path of a file with certificates in PEM; raise LocalFileProblem if it has none."""
    path = Path(ca).expanduser()
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError as exc:
        raise LocalFileProblem(
            f"{path} holds no certificate",
            hint="a certificate in PEM begins with a line BEGIN CERTIFICATE",
        ) from exc
    except OSError as exc:
        raise LocalFileProblem(
            f"the certificates in {path} cannot be read: {exc.strerror}",
            hint="check --ca, FFREMOTE_CA, or `ca` of the profile",
        ) from exc
    return str(path)
