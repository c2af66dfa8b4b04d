"""The tables of uploads that arrive where whole files are in a bucket, without logic.

Both have rows only while the upload arrives.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from .models import Base


class UploadHome(Base):
    """The data directory that has the bytes of an upload which are not in the bucket yet.

    `token` is that of the latest request which may write, `written_at` when it last did; null: it
    has ended, and nothing of it is elsewhere.
    """

    __tablename__ = "upload_homes"

    upload_id: Mapped[str] = mapped_column(
        ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[str] = mapped_column(String(36))
    token: Mapped[str] = mapped_column(String(32))
    written_at: Mapped[datetime | None]
    multipart: Mapped[str | None]
    """The bucket's id of the parts."""
    part_bytes: Mapped[int | None] = mapped_column(BigInteger)


class UploadPart(Base):
    """Bytes of an upload that the bucket has: a numbered part, or an object for less than one.

    `hash_state` is that of the sha256 of all bytes up to its end, where it is known.
    """

    __tablename__ = "upload_parts"

    upload_id: Mapped[str] = mapped_column(
        ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True
    )
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column("bytes", BigInteger)
    number: Mapped[int | None]
    etag: Mapped[str | None]
    object: Mapped[str | None]
    hash_state: Mapped[bytes | None] = mapped_column(LargeBinary)
