"""setup.cfg lists every package, and each listed package exists."""

from configparser import ConfigParser

from tests.support.paths import CHECKOUT


def listed(option: str) -> list[str]:
    parser = ConfigParser()
    parser.read(CHECKOUT / "setup.cfg")
    return parser["options"][option].split("\n")[1:]


def folders() -> set[str]:
    """Return the dotted names of all folders with an `__init__.py` in package_dir."""
    found = set()
    for line in listed("package_dir"):
        package, _, folder = (part.strip() for part in line.partition("="))
        for file in (CHECKOUT / folder).rglob("__init__.py"):
            inner = file.parent.relative_to(CHECKOUT / folder).parts
            found.add(".".join((package, *inner)))
    return found


def test_the_packages_list_is_the_folders() -> None:
    packages = listed("packages")

    assert sorted(packages) == sorted(folders())
