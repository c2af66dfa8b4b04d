"""Subtitles that are not UTF-8 are converted completely, or a warning counts the missing ones."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.probing.charsets import MAX_BYTES, guess_charset
from tests.support.job_directory import JobDirectory
from tests.support.paths import MEDIA

LATIN = MEDIA / "F25" / "latin.srt"
CUE = "1\n00:00:00,100 --> 00:00:00,900\n{}\n"
TEXTS = [
    ("CP1252", "Grüße"),
    ("CP1252", "Où est passé le garçon ? Ça va, c'était hier à Noël."),
    ("CP1252", "¿Qué pasó? Mañana será otro día."),
    ("CP1252", "Smørrebrød på bordet, når vi får råd."),
    ("CP1252", "Não há solução, só coração."),
    ("CP1250", "Dziękuję, proszę pana. Zażółć gęślą jaźń."),
    ("CP1250", "Děkuji, nevím, co říkáš. Příliš žluťoučký kůň."),
    ("CP1250", "Nem tudom, mi történt, de örülök, hogy eljöttél. Jó éjt, őrült hölgyem."),
    ("CP1251", "Привет, как дела? Хорошо, спасибо."),
    ("KOI8-R", "Привет, как дела? Хорошо, спасибо."),
    ("CP1253", "Καλημέρα, τι κάνεις; Είμαι καλά, ευχαριστώ."),
    ("CP1254", "Günaydın, nasılsın? İyiyim, teşekkür ederim. Şimdi gidiyoruz."),
    ("CP1255", "שלום, מה שלומך? אני בסדר, תודה רבה."),
    ("CP1256", "مرحبا، كيف حالك؟ أنا بخير، شكرا."),
    ("CP932", "こんにちは、お元気ですか。私は元気です。"),
    ("GB18030", "你好，你怎么样？我很好，谢谢。"),
    ("BIG5", "你好，你怎麼樣？我很好，謝謝。"),
    ("CP949", "안녕하세요, 어떻게 지내세요? 저는 잘 지내요."),
]


@pytest.mark.parametrize(("charset", "text"), TEXTS)
def test_the_charset_of_short_subtitles_is_guessed(tmp_path: Path, charset: str, text: str) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(CUE.format(text).encode(charset))

    assert guess_charset(path) == charset


@pytest.mark.parametrize("codec", ["ascii", "utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_left_to_ffmpeg(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(CUE.format("Hello" if codec == "ascii" else "Grüße, 你好").encode(codec))

    assert guess_charset(path) is None


def test_a_letter_cut_at_the_read_limit_does_not_make_a_file_latin(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(b"a" * (MAX_BYTES - 1) + "ü".encode() + b"b")

    assert guess_charset(path) is None


@pytest.mark.parametrize(
    ("name", "job"),
    [
        ("a.vtt", {}),
        ("a.srt", {"subtitles": {"mode": "copy"}}),
        ("a.mkv", {"streams": ["0"]}),
    ],
)
def test_every_cue_of_a_windows_file_is_converted(
    open_job: Callable[[Path], JobDirectory], name: str, job: dict[str, Any]
) -> None:
    directory = open_job(LATIN)

    directory.run(output_filename=name, **job)

    assert "Grüße".encode() in directory.result.read_bytes()
    assert b"Second" in directory.result.read_bytes()
    assert directory.warnings == (
        (
            "The subtitles are not UTF-8 and were read as CP1252, which is a guess: if letters are"
            " wrong, send them in UTF-8."
        ),
    )


def test_cues_that_cannot_be_read_are_counted(
    open_job: Callable[[Path], JobDirectory], binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    copy = [binaries.ffmpeg, "-v", "error", "-i", LATIN, "-c", "copy", tmp_path / "latin.mkv"]
    subprocess.run(copy, check=True, stdin=subprocess.DEVNULL)
    directory = open_job(tmp_path / "latin.mkv")

    directory.run(output_filename="a.vtt")

    assert directory.outcome.warnings == (
        (
            "1 subtitle cue is missing: the text is not UTF-8. Convert the subtitles to UTF-8 and"
            " send them again."
        ),
    )
