"""Transfers of a server whose whole files are in a bucket of SeaweedFS on the same machine."""

from pathlib import Path

from benchmarks.fleet import downloads as fleet_downloads
from benchmarks.fleet import start as fleet_start
from benchmarks.fleet import uploads as fleet_uploads
from tests.support import s3_servers
from tools import private_service


def measure(scratch: Path) -> None:
    """Print the rates of uploads in turns with a bare program, and what a large one takes."""
    if reason := s3_servers.missing("seaweedfs"):
        print(f"  not measured: {reason}")
        return
    home = scratch / "bucket"
    home.mkdir()
    with s3_servers.running("seaweedfs", home) as bucket:
        url = (
            f"s3://{s3_servers.BUCKET}/bench?endpoint={bucket.endpoint}&region={s3_servers.REGION}"
        )
        settings = {"FFREMOTE_STORAGE_URL": url, **bucket.environ}
        redirecting = settings | {"FFREMOTE_DOWNLOADS": "redirect"}
        with private_service.running(scratch / "fleet", **redirecting) as service:
            fleet_uploads.measure(service, bucket, scratch)
            fleet_downloads.measure(service, bucket, scratch)
        fleet_start.measure(settings, scratch)
