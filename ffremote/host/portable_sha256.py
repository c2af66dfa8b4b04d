"""A sha256 whose state between two blocks can be stored, and continued in another process.

Python's own cannot export it. This is the same code of OpenSSL that hashlib uses, called through
ctypes: its state is a plain structure of 112 bytes, without pointers. A self-test decides whether
it can be used; without it there is no state to store.
"""

import _hashlib
import ctypes
import functools
import hashlib
import sys
from typing import Any

_BYTES = 112  # SHA256_CTX: h[8], two words of length, a block, how full it is, the digest's length
_HEAD = f"openssl {sys.byteorder} ".encode()
_TEST = b"0123456789" * 11


class PortableSha256:
    """A sha256 as hashlib has it, and its state."""

    def __init__(self, library: Any, state: bytes | None = None) -> None:
        self._library = library
        self._context = (ctypes.c_char * _BYTES)()
        if state is None:
            library.SHA256_Init(self._context)
        else:
            self._context.raw = state

    def update(self, data: bytes | memoryview, /) -> None:
        """Hash further bytes; other threads run meanwhile."""
        size = len(data)
        if isinstance(data, memoryview) and not data.readonly:
            pointer: Any = (ctypes.c_char * size).from_buffer(data)
        else:
            pointer = bytes(data)
        self._library.SHA256_Update(self._context, pointer, size)

    def digest(self) -> bytes:
        """Return the sha256 of all bytes so far."""
        last = (ctypes.c_char * _BYTES).from_buffer_copy(self._context)
        found = (ctypes.c_char * 32)()
        self._library.SHA256_Final(found, last)
        return found.raw

    def hexdigest(self) -> str:
        """Return the same in hex."""
        return self.digest().hex()

    def state(self) -> bytes:
        """Return what `continued` takes."""
        return _HEAD + self._context.raw


def started() -> PortableSha256 | None:
    """Return the sha256 of no bytes; None where the state cannot be had."""
    library = _library()
    return None if library is None else PortableSha256(library)


def continued(state: bytes | None) -> PortableSha256 | None:
    """Return the sha256 with this state; None for one of another kind of machine."""
    library = _library()
    if library is None or state is None:
        return None
    is_known = state.startswith(_HEAD) and len(state) == len(_HEAD) + _BYTES
    return PortableSha256(library, state[len(_HEAD) :]) if is_known else None


@functools.cache
def _library() -> Any:
    """Return OpenSSL as Python itself has loaded it, if its structure is the one that is known."""
    library: Any = ctypes.CDLL(_hashlib.__file__)  # finds the functions of what it depends on
    try:
        functions = (library.SHA256_Init, library.SHA256_Update, library.SHA256_Final)
    except AttributeError:
        return None
    pointer = ctypes.c_void_p
    for function, kinds in zip(
        functions,
        ((pointer,), (pointer, pointer, ctypes.c_size_t), (pointer, pointer)),
        strict=True,
    ):
        function.argtypes = kinds
    return library if _works(library) else None


def _works(library: Any) -> bool:
    """Return whether a state that was taken in the middle of a block leads to the right sha256."""
    first = PortableSha256(library)
    first.update(_TEST[:77])
    second = PortableSha256(library, first.state()[len(_HEAD) :])
    second.update(memoryview(bytearray(_TEST[77:])))
    return second.digest() == hashlib.sha256(_TEST).digest()
