"""The URL of an object store."""

import pytest

from ffremote.s3_address import MIB, S3Address, parse


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("s3://films", S3Address("films")),
        ("s3://films/", S3Address("films")),
        ("s3://films/a/b/", S3Address("films", "a/b/")),
        (
            "s3://films/a?endpoint=http://127.0.0.1:8333&region=eu-central-1&part=64",
            S3Address("films", "a/", "http://127.0.0.1:8333", "eu-central-1", True, 64 * MIB),
        ),
        (
            "s3://films?endpoint=http://[::1]:9000",
            S3Address("films", endpoint="http://[::1]:9000", is_path_style=True),
        ),
        (
            "s3://films?endpoint=https://s3.example.com/&addressing=virtual",
            S3Address("films", endpoint="https://s3.example.com"),
        ),
        (
            "s3://films?endpoint=http://s3:8333&public=https://films.example.com/",
            S3Address(
                "films",
                endpoint="http://s3:8333",
                is_path_style=True,
                public="https://films.example.com",
            ),
        ),
        ("s3://films?addressing=path", S3Address("films", is_path_style=True)),
    ],
)
def test_a_url_names_a_bucket_a_prefix_and_how_to_reach_them(url: str, address: S3Address) -> None:
    assert parse(url) == address


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("films", r"write s3://bucket/prefix"),
        ("https://films/x", r"write s3://bucket/prefix"),
        ("s3:///x", r"write s3://bucket/prefix"),
        ("s3://key:secret@films", r"credentials are not part of it"),
        ("s3://Films", r"'Films' is not the name of a bucket"),
        ("s3://films/a//b", r"the prefix has letters"),
        ("s3://films/../b", r"the prefix has letters"),
        ("s3://films/%00", r"the prefix has letters"),
        ("s3://films#x", r"the prefix has letters"),
        ("s3://films?endpoint", r"name=value"),
        ("s3://films?part=16&part=17", r"given twice"),
        ("s3://films?acl=public", r"no option 'acl'"),
        ("s3://films?part=4", r"parts have 5 to 1024 MiB"),
        ("s3://films?part=16MB", r"is not a number of MiB"),
        ("s3://films?addressing=host", r"addressing is path or virtual"),
        ("s3://films?region=EU west", r"is not a region"),
        ("s3://films?endpoint=s3.example.com", r"the endpoint is written"),
        ("s3://films?endpoint=https://user:x@s3.example.com", r"the endpoint is written"),
        ("s3://films?endpoint=https://s3.example.com:99999", r"port is not valid"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        parse(url)

    assert "secret" not in str(caught.value)
