"""The errors that end a run, besides Xero's own."""

from __future__ import annotations

from singer_sdk.exceptions import SingerSDKError


class RunStoppedError(Exception):
    """The run cannot go on. What was not sent has not changed."""


class RejectsError(SingerSDKError):
    """Some records were not published."""
