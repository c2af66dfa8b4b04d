"""The document of the page and its files: from this server alone, and no others."""

import gzip
import re

import pytest
from flask.testing import FlaskClient

from ffremote.api.page import assets

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "media-src 'self' blob:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


def test_the_document_has_no_inline_script_and_loads_nothing_from_elsewhere(
    client: FlaskClient,
) -> None:
    response = client.get("/")

    text = response.get_data(as_text=True)
    assert response.content_type == "text/html; charset=utf-8"
    assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert "http" not in text
    assert re.findall(r"<script[^>]*>[^<]|<style| style=| on\w+=", text) == []
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', text)
    assert len(files) > 20
    assert {client.get(path).status_code for path in files} == {200}


def test_below_a_prefix_every_address_has_it(client: FlaskClient) -> None:
    text = client.get("/", environ_overrides={"SCRIPT_NAME": "/ff"}).get_data(as_text=True)

    assert '<meta name="ffremote-root" content="/ff/">' in text
    assert re.findall(r'(?:src|href|content)="(/(?!ff/)[^"]*)"', text) == []


def test_a_file_is_kept_by_the_browser_until_it_changes(client: FlaskClient) -> None:
    present = client.get(f"/static/{assets.version()}/js/main.js")
    of_an_earlier_version = client.get("/static/0123456789abcdef/js/main.js")

    assert present.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert of_an_earlier_version.headers["Cache-Control"] == "no-cache"
    assert of_an_earlier_version.data == present.data
    assert present.content_type == "text/javascript; charset=utf-8"


def test_a_browser_that_takes_gzip_gets_it(client: FlaskClient) -> None:
    path = f"/static/{assets.version()}/css/page.css"

    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, deflate"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)


@pytest.mark.parametrize(
    "name", ["", "..%2f..%2fpages.py", "../templates/page.html", "vendor", "vendor/preact.LICENSE"]
)
def test_no_other_file_is_served(client: FlaskClient, name: str) -> None:
    response = client.get(f"/static/{assets.version()}/{name}")

    assert response.status_code == 404
    assert response.get_json()["error"]["code"] == "NOT_FOUND"


def test_the_first_view_needs_less_than_200_kb() -> None:
    first = [
        asset
        for name, asset in assets.every().items()
        if name in assets.first_modules() or name.startswith(("css/", "js/main", "js/theme"))
    ]

    assert sum(len(asset.body) for asset in first) < 200_000
