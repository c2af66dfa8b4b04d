"""The page of an in-process server, in one browser for the session."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.support.page import open_page, running_browser

Serve = Callable[..., tuple[str, int]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with running_browser() as started:
        yield started


@pytest.fixture
def address(serve: Serve, app: Flask) -> str:
    """Where the page of a server without tokens is."""
    return "http://{}:{}/".format(*serve(app))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The list of jobs; the test fails for any error of the script or its policy."""
    with open_page(browser, address) as opened:
        yield opened
