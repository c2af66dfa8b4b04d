"""The scripts of others that the page ships: unchanged, with their licences, and no others."""

import pytest

from tests.support.paths import CHECKOUT
from tools import vendor

FOLDERS = ("ffremote/api/page/static/vendor", "tests/support/web/vendor")


def test_every_vendored_file_is_the_one_that_was_fetched() -> None:
    assert list(vendor.differences(vendor.read_manifest())) == []


def test_a_changed_file_and_a_missing_one_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    package = {"files": {"a": "README.md", "b": "none.js"}, "sha256": {"README.md": "0"}}

    assert list(vendor.differences({"x": package})) == [
        "README.md is not the file whose hash is in tools/vendored.json",
        "none.js is missing",
    ]


def test_the_folders_hold_nothing_else() -> None:
    named = {
        target
        for package in vendor.read_manifest().values()
        for target in package["files"].values()
    }
    present = {
        str(path.relative_to(CHECKOUT))
        for folder in FOLDERS
        for path in (CHECKOUT / folder).iterdir()
    }

    assert present == named


@pytest.mark.parametrize("name", sorted(vendor.read_manifest()))
def test_each_package_has_its_licence_beside_it_and_is_in_the_list_of_others(name: str) -> None:
    package = vendor.read_manifest()[name]

    assert package["files"]["LICENSE"].endswith(".LICENSE")
    row = f"| {name} | {package['version']} | {package['licence']} |"
    assert row in (CHECKOUT / "THIRD-PARTY.md").read_text()
