"""Who sends the bytes of a download: the server, an nginx in front of it, or the object store."""

from collections.abc import Callable

from ffremote.config import DownloadWay
from ffremote.depot.protocol import Depot, Presentation

from ..byte_range import ByteRange
from ..context import AppContext
from ..file_response import Handover
from . import nginx, redirect

__all__ = ["handing_over"]


def handing_over(
    context: AppContext, depot: Depot, key: str
) -> Callable[[Presentation, ByteRange | None], Handover | None] | None:
    """Return what hands a file of a depot over to another sender, or None if the server sends it.

    It gets the headers of the file and the range that is asked for; for some requests it returns
    None.
    """
    match context.settings.download_way:
        case DownloadWay.NGINX:
            return nginx.handing_over(context.settings.accel_prefix, depot, key)
        case DownloadWay.REDIRECT if not depot.is_on_this_disk:
            return redirect.handing_over(depot, key)
    return None
