"""A package of three files, made and published as a worker does, without FFmpeg."""

from sqlalchemy.orm import Session

from ffremote.files.publication import ProducedFile, Publication, publish_files
from ffremote.files.storage import Storage
from ffremote.jobs import claims
from ffremote.ledger.values import Claim, Result
from tests.support.builders import claim_job, start_attempt

PLAYLIST = "application/vnd.apple.mpegurl"
FILES = {
    "list.m3u8": b"#EXTM3U\n#EXTINF:2,\ns0.ts\n#EXTINF:1,\ns1.ts\n#EXT-X-ENDLIST\n",
    "s0.ts": bytes(range(256)) * 40,
    "s1.ts": b"\x47" * 376,
}


def publish_package(
    storage: Storage,
    claim: Claim,
    files: dict[str, bytes] = FILES,
    types: dict[str, str] | None = None,
) -> Publication:
    """Write the files as the claim's attempt would, and publish them with their media types."""
    attempt = start_attempt(storage, claim)
    produced = []
    for name, content in files.items():
        (attempt / name).write_bytes(content)
        kind = PLAYLIST if name.endswith(".m3u8") else "video/mp2t"
        kind = types[name] if types else kind
        produced.append(ProducedFile(f"{claim.token}/{name}", name, kind))
    return publish_files(storage, claim.job_id, claim.token, produced)


def complete_package(
    session: Session,
    storage: Storage,
    files: dict[str, bytes] = FILES,
    types: dict[str, str] | None = None,
) -> tuple[Claim, Publication]:
    """Claim the next job and complete it with these files."""
    claim = claim_job(session)
    done = publish_package(storage, claim, files, types)
    info = {"files": len(done.files)}
    result = Result(done.bytes, done.archive_sha256, info, files=done.files)
    assert claims.complete(session, claim, result)
    storage.discard_attempt(claim.job_id, claim.token, result=False)
    return claim, done
