"""The generated pages are up to date."""

from ffremote.ffmpeg.policy.tables import names, table
from tests.support.paths import CHECKOUT
from tools import reference

DOCS = CHECKOUT / "docs"


def test_the_pages_in_docs_are_those_that_the_code_generates() -> None:
    made = reference.pages()

    stale = [name for name, text in made.items() if (DOCS / name).read_text("utf-8") != text]

    assert stale == [], "run: python -m tools.reference"


def test_the_allow_lists_have_enough_entries() -> None:
    assert len(table("options")) >= 200
    assert len(table("filters")) >= 150
    assert len(names("video_encoders") | names("audio_encoders")) >= 130
