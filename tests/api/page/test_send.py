"""Sending files: the command shown live, errors beside fields, transfers after a reload."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.support.multipart import MEDIA
from tests.support.page import clip_upload

SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_000_000}


@pytest.fixture
def sender(page: Page) -> Page:
    """The page that sends files."""
    page.get_by_role("link", name="Send files").click()
    expect(page.get_by_text("ffmpeg -i input")).to_be_visible()
    return page


def newest(client: FlaskClient) -> dict[str, object]:
    items = client.get("/api/v1/jobs").json["items"]
    return dict(client.get(f"/api/v1/jobs/{items[0]['job_id']}").json)


def test_the_form_makes_the_job_and_shows_its_command_and_its_errors(
    sender: Page, client: FlaskClient
) -> None:
    sender.set_input_files("#files", [clip_upload("my film.mov", MEDIA)])
    sender.get_by_label("Preset").select_option("small")
    sender.get_by_label("Quality (CRF)").fill("99")
    expect(sender.locator(".field-error", has_text="video.crf is 99")).to_be_visible()
    expect(sender.get_by_role("button", name="Send", exact=True)).to_be_disabled()

    sender.get_by_label("Quality (CRF)").fill("31")
    sender.get_by_label("Format").select_option("mkv")
    expect(sender.locator(".command pre")).to_contain_text("-crf 31")
    expect(sender.locator(".command pre")).to_contain_text("'my film.mkv'")
    sender.get_by_role("button", name="Send", exact=True).click()

    expect(sender.locator(".transfer.done")).to_contain_text("my film.mov")
    job = newest(client)
    assert job["upload"] is None
    spec = job["job"]
    assert isinstance(spec, dict)
    assert spec["output_filename"] == "my film.mkv"
    assert (spec["preset"], spec["video"]["crf"]) == ("small", 31)


@pytest.mark.slow
def test_several_files_become_one_job_with_roles(sender: Page, client: FlaskClient) -> None:
    subtitles = b"1\n00:00:00,000 --> 00:00:01,000\nhello\n"
    files = [clip_upload("film.mp4", MEDIA), clip_upload("film.srt", subtitles)]
    sender.set_input_files("#files", files)
    sender.get_by_label("One job with all of them").check()

    expect(sender.get_by_label("What film.srt is for")).to_have_value("subtitle")
    sender.get_by_role("button", name="Send 2 files as one job").click()

    expect(sender.locator(".transfer.done")).to_have_count(2)
    spec = newest(client)["job"]
    assert isinstance(spec, dict)
    assert [each.get("role", "media") for each in spec["inputs"]] == ["media", "subtitle"]
    assert spec["subtitles"]["input"] == 1


@pytest.mark.slow
def test_a_file_that_is_no_media_is_refused_by_name(sender: Page) -> None:
    sender.set_input_files("#files", [clip_upload("report.pdf", b"%PDF-1.7 " * 3000)])
    sender.get_by_role("button", name="Send", exact=True).click()

    failed = sender.locator(".transfer.failed")
    expect(failed).to_contain_text("report.pdf")
    expect(failed).to_contain_text("The file is not media")
    expect(failed.get_by_role("button")).to_have_count(0)  # it would be refused again


@pytest.mark.slow
def test_an_error_of_one_of_several_files_is_beside_it(sender: Page) -> None:
    long = "x" * 252  # the longest name of a file, but with .mp4 instead of .ts it is too long
    files = [clip_upload("a.mov", MEDIA), clip_upload(f"{long}.ts", MEDIA)]
    sender.set_input_files("#files", files)
    sender.get_by_role("button", name="Send 2 files").click()

    expect(sender.locator(".transfer.done")).to_contain_text("a.mov")
    failed = sender.locator(".transfer.failed")
    expect(failed).to_contain_text(long)
    expect(failed.locator(".field-error")).to_contain_text("output_filename")


@pytest.mark.slow
def test_a_dropped_file_is_chosen_and_json_is_for_experts(sender: Page) -> None:
    sender.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(2000)], "dropped.mp4"));
          const init = { dataTransfer: data, bubbles: true, cancelable: true };
          for (const kind of ["dragenter", "dragover", "drop"])
            document.body.dispatchEvent(new DragEvent(kind, init));
        }"""
    )
    expect(sender.locator(".chosen")).to_contain_text("dropped.mp4")

    sender.get_by_role("button", name="JSON").click()
    editor = sender.get_by_role("textbox", name="Job JSON")
    editor.fill('{"output_filename": ')
    expect(sender.locator(".editor .field-error")).to_contain_text("This is no JSON yet")
    editor.fill(json.dumps({"output_filename": "{stem}-x.mp4", "video": {"fps": 12}}))
    expect(sender.locator(".command pre")).to_contain_text("dropped-x.mp4")
    sender.get_by_role("button", name="Form").click()

    expect(sender.get_by_label("Frames a second")).to_have_value("12")
    expect(sender.get_by_label("Name of the result")).to_have_value("{stem}-x.mp4")


@pytest.mark.slow
def test_an_upload_is_paused_and_goes_on_after_a_reload(
    sender: Page, client: FlaskClient, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(MEDIA * 200)
    sender.on("dialog", lambda dialog: dialog.accept())
    network = sender.context.new_cdp_session(sender)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW)
    sender.set_input_files("#files", [film])
    sender.get_by_role("button", name="Send", exact=True).click()
    sender.get_by_role("button", name="Pause film.mp4").click()
    expect(sender.locator(".transfer.paused")).to_be_visible()
    sender.get_by_role("button", name="Go on with film.mp4").click()
    expect(sender.locator(".transfer.sending")).to_be_visible()

    sender.reload()
    network.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": -1})
    expect(sender.locator(".unfinished")).to_contain_text("film.mp4")
    sender.set_input_files("#files", [clip_upload("film.mp4", MEDIA)])
    expect(sender.locator(".chosen")).to_contain_text("film.mp4")  # another file of the name
    sender.set_input_files("#files", [film])

    expect(sender.locator(".transfer.done")).to_contain_text("film.mp4")
    expect(sender.locator(".unfinished")).to_have_count(0)
    assert newest(client)["upload"] is None
