"""The first bytes of a file against its role."""

import pytest

from ffremote.errors import FileTooLarge, UnsupportedMediaType
from ffremote.files.first_bytes import refuse_large, refuse_wrong
from ffremote.spec.roles import ROLES, Role
from tests.support import side_files

MP4 = b"\x00\x00\x00\x20ftypisom" + bytes(40)
SRT = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"
SECOND = b"7\n00:00:01,000 --> 00:00:02,000\nHello\n"
TEXTS = [SRT, b"\xef\xbb\xbf" + SRT, b"WEBVTT\n\n", b"[Script Info]\nTitle: x\n"]
PLAYLISTS = [
    b"#EXTM3U\n#EXT-X-VERSION:3\n",
    b"ffconcat version 1.0\nfile input\n",
    b"[playlist]\nFile1=/etc/passwd\n",
    b"<?xml version='1.0'?><MPD/>",
    b"v=0\no=- 0 0 IN IP4 127.0.0.1\n",
    b"#!/bin/sh\n",
]
LUTS = [
    side_files.cube(),
    side_files.curve(),
    side_files.csp(),
    side_files.m3d(),
    side_files.dat(),
    side_files.threedl(),
    b"# " + b"x" * 600 + b"\n",
]


def takes(head: bytes) -> list[Role]:
    found = []
    for role in ROLES:
        if role == "sequence":  # a short head may be the beginning of an archive
            continue
        try:
            refuse_wrong(head, role)
        except UnsupportedMediaType:
            continue
        found.append(role)
    return found


def test_each_role_takes_its_own_files_only() -> None:
    assert takes(MP4) == ["media"]
    assert [takes(each) for each in TEXTS] == [["media", "subtitle"]] * len(TEXTS)
    assert takes(SECOND) == ["subtitle"]
    assert takes(SECOND.decode().encode("utf-16")) == ["media", "subtitle"]
    assert [takes(each) for each in LUTS] == [["lut"]] * len(LUTS)
    assert takes(side_files.font()) == ["media", "font"]
    assert takes(side_files.font(magic=b"OTTO")) == ["media", "font"]


@pytest.mark.parametrize("head", PLAYLISTS)
def test_no_role_takes_a_playlist_or_a_script(head: bytes) -> None:
    assert takes(head) == []


@pytest.mark.parametrize("head", [b"", b"PK\x03\x04" + bytes(9), b"\x7fELF" + bytes(9), b"%PDF-1"])
def test_no_role_takes_an_archive_a_document_a_program_or_nothing(head: bytes) -> None:
    assert takes(head) == []


def test_the_size_of_a_side_file_is_bounded() -> None:
    refuse_large(1 << 40, "media")
    refuse_large(32 << 20, "lut")
    with pytest.raises(FileTooLarge, match="one of the role font has at most 67108864"):
        refuse_large((64 << 20) + 1, "font")
