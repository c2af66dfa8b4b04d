"""The steps of README.md and docs/remote.md, as `./run first-hour` reads and follows them."""

from pathlib import Path

import pytest

from tests.support.paths import CHECKOUT
from tools.first_hour.__main__ import GOAL_COMMANDS, WAYS
from tools.first_hour.pages import PageError, Step, steps

PAGE = """
# A page

## One

```sh box tunnel serves
./run up
```

```sh
ignored
```

```sh box check
curl \\
    -f URL
```

## Two

```sh laptop tls
sudo tee FILE <<END
a
b
END
# a comment
reload \\
    FILE
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def test_a_way_has_its_own_steps_and_those_of_all_ways(page: Path) -> None:
    assert steps(page, "tunnel") == [
        Step("One", "box", "tunnel", "serves", "./run up"),
        Step("One", "box", None, "check", "curl \\\n    -f URL"),
    ]


def test_a_command_is_what_one_line_feed_ends(page: Path) -> None:
    assert [step.commands for step in steps(page, "tls")] == [0, 2]


def test_an_unknown_word_is_an_error(page: Path) -> None:
    page.write_text(PAGE.replace("box check", "box chekc"))

    with pytest.raises(PageError, match="'chekc'"):
        steps(page, "tls")


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_the_pages_ends_in_a_result_that_is_checked(way: str) -> None:
    found = steps(WAYS[way], way)

    assert found
    assert any("run" in step.script for step in found)
    if WAYS[way].is_relative_to(CHECKOUT / "docs"):
        assert {step.title[0] for step in found if step.kind == "check"} >= {"4", "5"}
    if way != "tls":
        typed = sum(step.commands for step in found) + 1  # one line for the checkout
        assert typed <= GOAL_COMMANDS
