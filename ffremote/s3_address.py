"""Where an object store is: `s3://bucket/prefix?endpoint=…&region=…&addressing=path&part=16`."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import parse_qsl, unquote, urlsplit

MIB = 1 << 20
PART_MIB = 16
SMALLEST_PART_MIB, LARGEST_PART_MIB = 5, 1024
EXAMPLE = "s3://bucket/prefix?endpoint=https://s3.example.com"
KNOWN = ("endpoint", "public", "region", "addressing", "part")

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_PREFIX = re.compile(r"([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)?", re.ASCII)
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?", re.ASCII)
_REGION = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class S3Address:
    """A bucket, the prefix of its keys (empty, or with a slash at its end), and how to reach it.

    Without an `endpoint` it is that of AWS; clients that are redirected reach it at `public`, if
    that is another one. `part_bytes` is the size of the parts of large files.
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    is_path_style: bool = False
    part_bytes: int = PART_MIB * MIB
    public: str | None = None


def parse(url: str) -> S3Address:
    """Return the address that a URL names; raise ValueError, which says what is wrong.

    A custom endpoint is addressed by path unless the URL says otherwise: hardly any has a name in
    the DNS for each bucket.
    """
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError(f"write {EXAMPLE}")
    if "@" in parts.netloc or ":" in parts.netloc:
        raise ValueError(
            "credentials are not part of it; they come from the environment or the files of AWS"
        )
    if not _BUCKET.fullmatch(parts.netloc):
        raise ValueError(f"{parts.netloc!r} is not the name of a bucket")
    prefix = unquote(parts.path).strip("/")
    if not _PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/")) or parts.fragment:
        raise ValueError("the prefix has letters, digits, '_', '.', '-' and '/' only")
    options = _options(parts.query)
    endpoint, region = options.get("endpoint"), options.get("region")
    public = options.get("public")
    return S3Address(
        bucket=parts.netloc,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=None if endpoint is None else _endpoint(endpoint),
        region=None if region is None else _region(region),
        is_path_style=_is_path_style(options.get("addressing"), endpoint),
        part_bytes=_part(options.get("part", str(PART_MIB))) * MIB,
        public=None if public is None else _endpoint(public, "public endpoint"),
    )


def _options(query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError as exc:
        raise ValueError("options are written name=value, joined by &") from exc
    for name, value in pairs:
        if name not in KNOWN:
            raise ValueError(f"no option {name!r}; there are {', '.join(KNOWN)}")
        if name in options:
            raise ValueError(f"the option {name!r} is given twice")
        options[name] = value
    return options


def _endpoint(text: str, name: str = "endpoint") -> str:
    parts = urlsplit(text)
    is_plain = not (parts.username or parts.query or parts.fragment or parts.path.strip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise ValueError(f"the {name} is written https://host or https://host:port")
    try:
        port = parts.port
    except ValueError as exc:
        raise ValueError(f"the {name}'s port is not valid: {exc}") from exc
    return f"{parts.scheme}://{_host(parts.hostname, name)}" + (f":{port}" if port else "")


def _host(text: str, name: str) -> str:
    """Return a host as it is written in a URL; it gets into links and headers of answers."""
    if ":" in text:
        try:
            return f"[{IPv6Address(text)}]"
        except ValueError as exc:
            raise ValueError(f"the {name} has the IPv6 address {text!r}") from exc
    if not _HOST.fullmatch(text):
        raise ValueError(f"the {name} has the host {text!r}, which cannot be one")
    return text


def _region(text: str) -> str:
    if not _REGION.fullmatch(text):
        raise ValueError(f"{text!r} is not a region; it is written as in eu-central-1")
    return text


def _is_path_style(text: str | None, endpoint: str | None) -> bool:
    if text not in (None, "path", "virtual"):
        raise ValueError("addressing is path or virtual")
    return endpoint is not None if text is None else text == "path"


def _part(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        raise ValueError(f"part={text!r} is not a number of MiB")
    part = int(text)
    if not SMALLEST_PART_MIB <= part <= LARGEST_PART_MIB:
        raise ValueError(f"part={part}; parts have {SMALLEST_PART_MIB} to {LARGEST_PART_MIB} MiB")
    return part
