"""The encoding of a text file: its byte order mark, UTF-8, or what its bytes look like."""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterator
from itertools import islice

from charset_normalizer import from_bytes

from target_xero.files.tables import FileError

logger = logging.getLogger("target-xero")

# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
# Excel writes it in Western countries. Short texts often look the same in several encodings.
WESTERN = "cp1252"
SAMPLE_WORDS = 12
# What stands between blanks, delimiters and quotes.
_WORD = re.compile(r"[^\s,;|\"]+")


def decoded(content: bytes, name: str, encoding: str | None = None) -> str:
    """The text of a file, without a byte order mark.

    Args:
        content: Its bytes.
        name: The file's name, for messages.
        encoding: Its encoding; None to find it out.

    Raises:
        FileError: It is not text in the encoding.
    """
    mark = next((found for start, found in _MARKS if content.startswith(start)), None)
    if encoding is None:
        encoding = mark or _guessed(content, name)
    elif mark == "utf-8-sig" and codecs.lookup(encoding).name == "utf-8":
        encoding = mark
    try:
        return content.decode(encoding)
    except UnicodeError as error:
        message = f"{name} is not a text in the encoding {encoding}: {error}"
        raise FileError(message) from None


def _guessed(content: bytes, name: str) -> str:
    """The encoding of a file without a byte order mark.

    Raises:
        FileError: It is not text.
    """
    if b"\0" not in content:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return "utf-8"
    best = from_bytes(content).best()
    if best is None:
        message = (
            f"{name} is not a text in an encoding that can be recognised: set --encoding, or save "
            "it as CSV UTF-8"
        )
        raise FileError(message)
    western = from_bytes(content, cp_isolation=[WESTERN]).best()
    is_western = (
        western is not None and western.chaos <= best.chaos and western.coherence >= best.coherence
    )
    encoding = WESTERN if is_western else best.encoding
    sample = _sample(content.decode(encoding, "replace"))
    logger.info(
        "%s is read in the encoding %s, a guess: if letters are wrong, set --encoding. "
        "Letters to check: %s",
        name,
        encoding,
        sample,
    )
    return encoding


def _sample(text: str) -> str:
    """Words with each letter that another encoding would write in another way."""
    return ", ".join(islice(_words_with_new_letters(text), SAMPLE_WORDS))


def _words_with_new_letters(text: str) -> Iterator[str]:
    seen: set[str] = set()
    for word in _WORD.findall(text):
        letters = {letter for letter in word if not letter.isascii()}
        if not letters <= seen:
            seen |= letters
            yield word
