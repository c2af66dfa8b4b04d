"""The bill of materials of an image names Debian's packages as scanners know them."""

from tools import sbom

LISTING = (
    "installed\tlibstdc++6\t14.2.0-19\tamd64\thttp://gcc.gnu.org/\n"
    "config-files\tgone\t1.0\tamd64\t\n"
    "installed\ttini\t1:0.19.0-3+b1\tamd64\t\n"
)


def test_installed_packages_get_a_purl_with_their_version_quoted() -> None:
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


def test_the_whole_is_about_the_image_and_keeps_the_python_packages() -> None:
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
