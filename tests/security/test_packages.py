"""Hostile packages are refused by their field before anything runs."""

import pytest

from ffremote import ffmpeg
from tests.security.canary import Canary
from tests.security.package_payloads import PACKAGES
from tests.security.test_payloads import filled, verdict

pytestmark = pytest.mark.security


def test_hostile_packages_are_refused_by_name(
    canary: Canary, capabilities: ffmpeg.Capabilities
) -> None:
    wrong = {}
    for field, job in PACKAGES:
        found = verdict(filled(job, canary), capabilities)
        if found.partition("[0]")[0] != field.partition("[0]")[0]:
            wrong[f"{field}: {job}"] = found

    assert wrong == {}
    assert canary.events() == []
