"""Write a `docker load` archive from the tar of a root file system.

    stand_in_image.py ARCH NAME [VARIABLE=VALUE...] <tar >archive

`docker import` cannot name an architecture, and without a registry the base image of the
Dockerfile has to be made: tools/docker_verify.sh builds it with debootstrap.
"""

import hashlib
import io
import json
import sys
import tarfile
import tempfile
from typing import IO

CHUNK = 1 << 20
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def spool(source: IO[bytes], into: IO[bytes]) -> str:
    """Copy `source` and return its sha256."""
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        into.write(chunk)
    return digest.hexdigest()


def image_config(arch: str, layer_digest: str, environ: list[str]) -> bytes:
    config = {
        "architecture": arch,
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {"Cmd": ["bash"], "Env": [PATH, *environ]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer_digest}"]},
    } | ({"variant": "v8"} if arch == "arm64" else {})
    return json.dumps(config).encode()


def add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = size
    archive.addfile(entry, content)


def main(arch: str, name: str, environ: list[str]) -> None:
    """Read the layer from stdin, write the archive to stdout."""
    with tempfile.TemporaryFile() as layer:
        config = image_config(arch, spool(sys.stdin.buffer, layer), environ)
        size = layer.tell()
        layer.seek(0)
        config_name = hashlib.sha256(config).hexdigest() + ".json"
        listing = [{"Config": config_name, "RepoTags": [name], "Layers": ["layer.tar"]}]
        manifest = json.dumps(listing).encode()
        with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
            add(archive, "layer.tar", layer, size)
            add(archive, config_name, io.BytesIO(config), len(config))
            add(archive, "manifest.json", io.BytesIO(manifest), len(manifest))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
