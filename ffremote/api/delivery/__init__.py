"""Who sends the bytes of a download: the server, an nginx in front of it, or the object store."""

from collections.abc import Callable

from ffremote.config import DownloadWay
from ffremote.depot.protocol import Depot, Presentation

from ..byte_range import ByteRange
from ..context import AppContext
from ..file_response import Handover
from . import nginx, redirect

__all__ = ["handing_over", "redirecting"]

Handing = Callable[[Presentation, ByteRange | None], Handover | None]


def handing_over(context: AppContext, depot: Depot, key: str) -> Handing | None:
    """Return what hands a file of a depot over to another sender, or None if the server sends it.

    It gets the headers of the file and the range that is asked for; for some requests it returns
    None.
    """
    if context.settings.download_way is DownloadWay.NGINX:
        return nginx.handing_over(context.settings.accel_prefix, depot, key)
    return redirecting(context, depot, key)


def redirecting(context: AppContext, depot: Depot, key: str) -> Handing | None:
    """Return what redirects to the object store, or None where clients do not reach it."""
    if context.settings.download_way is DownloadWay.REDIRECT and not depot.is_on_this_disk:
        return redirect.handing_over(depot, key)
    return None
