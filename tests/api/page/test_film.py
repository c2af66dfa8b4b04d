"""A film through the page with a real worker, while the server is killed and started again."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.support.page import open_page
from tests.support.service import Service

NETWORK = {"offline": False, "latency": 0, "downloadThroughput": -1}


@pytest.fixture
def service(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    made = Service(child_environ, tmp_path / "programs.log")
    yield made
    made.stop()


@pytest.mark.slow
def test_a_film_is_sent_over_a_restart_watched_played_and_downloaded(
    browser: Browser, service: Service, clip: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(clip.read_bytes() + b"\0\0\0\x08free" * 700_000)  # the end of the file is idle
    server = service.start_server()
    service.start_worker("--concurrency", "1")
    address = service.url.removesuffix("api/v1")
    with open_page(browser, f"{address}#/send") as page:
        expect(page.get_by_text("ffmpeg -i input")).to_be_visible()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        slow = {**NETWORK, "uploadThroughput": 1_500_000}
        network.send("Network.emulateNetworkConditions", slow)
        page.set_input_files("#files", [film])
        page.get_by_label("Preset").select_option("small")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator(".transfer.sending .words")).to_contain_text(
            re.compile(r"[1-9] [kM]B of")
        )

        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        expect(page.locator(".transfer.stalled")).to_contain_text("tries again by itself")
        service.start("ffremote-server", "--port", str(urlsplit(address).port))
        expect(page.locator(".transfer.done")).to_be_visible(timeout=60_000)
        page.get_by_role("link", name="its job").click()

        expect(page.get_by_role("link", name="Download")).to_be_visible(timeout=60_000)
        expect(page.locator(".facts")).to_contain_text("% smaller")
        expect(page.locator(".connection")).to_have_text("Live")
        with page.expect_download() as begun:
            page.get_by_role("link", name="Download").click()
        assert begun.value.path().read_bytes()[4:8] == b"ftyp"
        assert page.evaluate(
            "(async () => { const video = document.querySelector('.preview video');"
            " video.muted = true; await video.play(); return video.videoHeight; })()"
        ) in (180, 320)
