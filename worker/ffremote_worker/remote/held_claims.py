"""The claim that this process holds, and the paths of its files on the server."""

import re
from collections.abc import Sequence

from ffremote.depot import keys
from ffremote.files.job_inputs import KeptInput
from ffremote.ledger.values import Claim
from ffremote.ledger.wire import Claimed

HEX = re.compile(r"[0-9a-f]{1,64}", re.ASCII)


def path_of(job_id: str, token: str) -> str:
    """Return the path of a claim below the API of workers."""
    return f"/jobs/{job_id}/{token}"


class HeldClaims:
    """What the server said of the latest claim; the ledger writes it, the depot reads it."""

    def __init__(self) -> None:
        self._token = ""
        self._inputs: tuple[KeptInput, ...] = ()
        self._paths: dict[str, str] = {}
        self.receipt = ""
        """For the end of the claim, once its results are published."""

    def put(self, found: Claimed) -> Claim:
        """Keep what is known of a claim in place of the last one; return it.

        Raise ValueError for a sha256 that is none: inputs are cached by that name.
        """
        wrong = [each.sha256 for each in found.inputs if not HEX.fullmatch(each.sha256)]
        if wrong:
            raise ValueError(f"{wrong[0][:100]!r} is no sha256")
        path = path_of(found.job_id, found.token)
        uploads = tuple(each.upload_id for each in found.inputs)
        self._token, self.receipt = found.token, ""
        self._inputs = tuple(
            KeptInput(each.upload_id, each.bytes, each.sha256, None) for each in found.inputs
        )
        self._paths = {
            keys.upload(upload_id): f"{path}/inputs/{number}"
            for number, upload_id in enumerate(uploads)
        }
        return Claim(found.job_id, found.token, found.attempt, uploads, found.spec)

    def inputs(self, claim: Claim) -> Sequence[KeptInput]:
        """Return the inputs of the claim; none if it is not the latest."""
        return self._inputs if claim.token == self._token else ()

    def input_path(self, key: str) -> str | None:
        """Return where the server has the input with this key; None for no input of the claim."""
        return self._paths.get(key)
