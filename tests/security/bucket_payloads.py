"""Hostile settings of a bucket, and hostile metadata of uploads that go to one."""

from typing import Any

SECRET = "hunter2"

# values of FFREMOTE_STORAGE_URL; each has to be refused, without its secret in the message
STORAGE_URLS: list[str] = [
    *(
        f"s3://films?{name}={value}"
        for name in ("public", "endpoint")
        for value in (
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://x",
            "//x",
            "x",
            "",
            f"https://u:{SECRET}@x",
            f"https://{SECRET}@x",
            "https://x/path",
            "https://x?query",
            "https://x%3Fquery",
            "https://x%23fragment",
            "https://x%0d%0aX-Injected:%20y",
            "https://x%00",
            "https://x;script-src%20*",
            "https://x'%20'unsafe-inline'",
            "https://x%22%3E%3Cscript%3E",
            "https://x%20y",
            "https://x,y",
            "https://x%5cy",
            "https://x:0x50",
            "https://x:99999",
            "https://[::1",
            "https://*.example.com",
            "https://%E3%80%82",
        )
    ),
    f"s3://key:{SECRET}@films",
    f"s3://{SECRET}@films/prefix",
    "s3://films/../other",
    "s3://films/a/%2e%2e/b",
    "s3://films/a%00b",
    "s3://films/a%0d%0ab",
    "s3://films/a//b",
    "s3://films/a%3Fb",
    "s3://../films",
    "s3://films?part=0",
    "s3://films?part=-5",
    "s3://films?part=1e9",
    "s3://films?part=%EF%BC%98",
    "s3://films?region=eu%0d%0aHost:%20x",
    "s3://films?region=../x",
    "s3://films?addressing=file",
    "s3://films?endpoint=https://a&endpoint=https://b",
    "s3://films?acl=public-read",
    "file:///etc",
    "http://films",
]

# values of FFREMOTE_DOWNLOADS
DOWNLOADS: list[str] = [
    "Redirect",
    "redirect ",
    "redirect,proxy",
    "redirect\r\nLocation: https://evil.example",
    "https://evil.example",
    "nginx;",
    "$(id)",
    "0",
    "None",
    "\N{KELVIN SIGN}",
]

# metadata of an upload; whatever is admitted must change no key and no header
METADATA: list[dict[str, Any]] = [
    {"filename": "../../owner"},
    {"filename": "/etc/passwd"},
    {"filename": "a\r\nX-Injected: y.mp4"},
    {"filename": "a\0.mp4"},
    {"filename": 'a";filename="b.mp4'},
    {"filename": "\u202egpj.mp4"},
    {"filename": "data"},
    {"filename": "x" * 5000},
    {"key": "owner"},
    {"object": "uploads/other/data"},
    {"prefix": "../"},
    {"bucket": "other"},
    {"acl": "public-read"},
    {"x-amz-acl": "public-read"},
    {"upload_id": "00000000-0000-4000-8000-000000000000"},
    {"part": "1"},
    {"sha256": "../../owner"},
    {"sha256": "G" * 64},
    {"original-sha256": "x", "order": "index-first/1"},
    {"order": "../../x"},
    {"role": "../../owner"},
    {"role": "media\r\nX: y"},
    {"job": "{"},
    {"job": '{"output_filename": "../../owner"}'},
    {"job": '{"output_filename": "o.mp4", "input": {"upload_id": "../owner"}}'},
]
