"""A result that its worker sends to the object store itself, by links to the parts of one object.

Only where FFREMOTE_DOWNLOADS=redirect says that the object store is for others to reach, and for
the one file of a job: the files of a package are packed here. A part cannot be checked when it
arrives, so the whole object is read once before it counts.
"""

from ffremote.config import DownloadWay
from ffremote.depot import keys
from ffremote.depot.protocol import FileLost, InParts, PartsLost
from ffremote.errors import InvalidArgument
from ffremote.ledger import wire
from ffremote.ledger.values import Claim

from ..context import AppContext
from ..ingest.hashing import sha256_of_kept
from ..ingest.request_body import file_too_large
from .held import Watch
from .record import Record, other_bytes

LINK_SECONDS = 900  # until the worker has begun to send the part: clocks may differ by minutes
LINKS = 16  # at a time


def offer(context: AppContext, claim: Claim, wish: wire.PartsWish) -> wire.PartsOffer:
    """Return links for the next parts of the only result; none if it has to be sent here."""
    limit = context.settings.max_output_bytes
    if wish.bytes > limit:
        raise file_too_large(wish.bytes, limit)
    parts = _parts(context, wish.bytes)
    if parts is None:
        return wire.PartsOffer()
    key = keys.result(claim.job_id, claim.token)
    upload = wish.upload or parts.begin(key)
    last = -(-wish.bytes // parts.part_bytes)
    numbers = range(wish.first, min(wish.first + LINKS - 1, last) + 1)
    links = [parts.link(key, upload, number, seconds=LINK_SECONDS) for number in numbers]
    return wire.PartsOffer(upload=upload, part_bytes=parts.part_bytes, links=links)


def keep(context: AppContext, claim: Claim, sent: wire.SentFile) -> Record:
    """Make one object of the parts that the worker has sent, and check it; it may be asked again.

    Raise InvalidArgument for one that is not as it was announced; it is removed then.
    """
    parts, key = _parts(context, sent.bytes), keys.result(claim.job_id, claim.token)
    if parts is None or sent.upload is None:
        raise InvalidArgument("files[0].upload", "Results are sent to this server, in pieces.")
    try:
        parts.complete(key, sent.upload, sent.etags, size=sent.bytes)
        depot = context.storage.depot
        size = depot.size(key)
        sha256 = sha256_of_kept(depot, key, Watch(claim)) if size == sent.bytes else None
    except (PartsLost, FileLost) as exc:
        raise InvalidArgument("files[0].etags", f"Send the result again: {exc}") from exc
    if sha256 != sent.sha256:
        depot.remove(key)
        raise other_bytes(0, "bytes" if sha256 is None else "sha256")
    named = context.storage.object_of(key)
    return Record(bytes=size, sha256=sha256, files=[], object=named)


def _parts(context: AppContext, size: int) -> InParts | None:
    is_open = context.settings.download_way is DownloadWay.REDIRECT
    return context.storage.depot.in_parts(size) if is_open and size else None
