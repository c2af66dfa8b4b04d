"""Add Debian's packages to a CycloneDX list of Python ones.

    sbom.py TITLE VERSION <python.json >whole.json

Runs where the image is built, in its own file system: what dpkg says there is what is inside.
The Python part comes from `cyclonedx-py environment`; docker_verify.sh validates the whole.
"""

import json
import platform
import subprocess
import sys
from typing import Any
from urllib.parse import quote

FIELDS = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${Homepage}\n"


def debian_component(package: dict[str, str], distro: str) -> dict[str, Any]:
    """Return one package as CycloneDX has it; scanners find its advisories by the purl."""
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
    """Return the installed packages of a listing that dpkg-query made of FIELDS."""
    names = ("status", "name", "version", "architecture", "homepage")
    rows = [dict(zip(names, line.split("\t"), strict=True)) for line in listing.splitlines()]
    return [debian_component(row, distro) for row in rows if row["status"] == "installed"]


def whole(
    python: dict[str, Any], debian: list[dict[str, Any]], subject: dict[str, Any]
) -> dict[str, Any]:
    """Return the bill of the image `subject`: its Python packages, then Debian's."""
    metadata = {**python["metadata"], "component": subject}
    return {**python, "metadata": metadata, "components": python["components"] + debian}


def main(title: str, version: str) -> None:
    """Read the Python part from stdin, write the whole to stdout."""
    release = platform.freedesktop_os_release()
    asked = ["dpkg-query", "--show", "--showformat", FIELDS]
    listing = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    debian = debian_components(listing, f"{release['ID']}-{release['VERSION_ID']}")
    subject = {"type": "container", "bom-ref": title, "name": title, "version": version}
    print(json.dumps(whole(json.load(sys.stdin), debian, subject), indent=1))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
