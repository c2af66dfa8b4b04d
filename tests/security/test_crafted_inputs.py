"""Hostile inputs: whatever comes of them, nothing outside is touched, and it ends soon."""

from pathlib import Path

import pytest

from ffremote import ffmpeg
from tests.security.canary import TOKEN, Canary
from tests.security.conftest import Shop
from tests.security.crafted import CRAFTED, MAY_COMPLETE

pytestmark = pytest.mark.security


@pytest.fixture(scope="module", params=["auto", "off"])
def shop(
    request: pytest.FixtureRequest,
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    tmp_path_factory: pytest.TempPathFactory,
) -> Shop:
    """A worker's shop, with the confinement and without it: the allow-lists must hold alone."""
    return Shop(build, capabilities, request.param, tmp_path_factory.mktemp("shop"))


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(CRAFTED) > 50


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_input_touches_nothing(shop: Shop, canary: Canary, clip: Path, name: str) -> None:
    film = canary.add_film(clip)
    content = CRAFTED[name](canary, film)
    canary.touched()
    room = shop.room(content)

    ended = shop.run(room, video={"codec": "mpeg4"})

    assert canary.touched() == []
    assert TOKEN.encode() not in shop.said
    assert not any(TOKEN.encode() in path.read_bytes() for path in room.rglob("*.*"))
    assert sorted(path.name for path in room.iterdir()) == ["input", "try1"]
    assert ended != "completed" or name in MAY_COMPLETE
