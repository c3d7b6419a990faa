"""What a run could not read: streams, and whole organisations."""

from __future__ import annotations

import logging

from tap_xero.run.context import ORGANISATION_ERRORS, UNAVAILABLE_ERRORS, ends_run
from tap_xero.run.organisations import Organisation
from xero_client.command_line.run_end import in_one_line
from xero_client.errors import XeroError

logger = logging.getLogger("tap-xero")


class Failures:
    """Logs each failure when it happens, and names all of them at the end."""

    def __init__(self) -> None:
        """Begins without failures."""
        self._streams: list[str] = []
        self._organisations: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._streams or self._organisations)

    def add_stream(
        self, stream: str, organisation: Organisation, error: XeroError, *, skips_unavailable: bool
    ) -> None:
        """Reports a stream that could not be read; the run goes on with what can be read.

        Args:
            stream: The stream.
            organisation: The organisation.
            error: Why it could not be read.
            skips_unavailable: Whether a stream that Xero refuses is only warned about.

        Raises:
            XeroError: The error, if it ends the whole run.
        """
        skipped = skips_unavailable and isinstance(error, UNAVAILABLE_ERRORS)
        organisation.fail_stream(stream, error, skipped=skipped)
        if ends_run(error):
            raise error
        if isinstance(error, ORGANISATION_ERRORS) or organisation.is_silent:
            self.add_organisation(organisation, error)
            return
        message = f"{stream} of {organisation.tenant}: {in_one_line(error)}"
        if skipped:
            logger.warning("Skipping %s", message)
            return
        logger.error("Cannot read %s", message)
        self._streams.append(message)

    def add_organisation(self, organisation: Organisation, error: XeroError) -> None:
        """Reports an organisation of which nothing more can be read."""
        organisation.fail(error)
        message = f"organisation {organisation.tenant}: {in_one_line(error)}"
        logger.error("Cannot read %s", message)
        self._organisations.append(message)

    def summary(self, organisations: int) -> str:
        """The organisations and streams that could not be read.

        Args:
            organisations: The number of organisations of the run.
        """
        failed = {"organisation(s)": self._organisations, "stream(s)": self._streams}
        counts = [f"{len(messages)} {what}" for what, messages in failed.items() if messages]
        is_any_read = len(self._organisations) < organisations
        others = ", all others were read" if is_any_read else ""
        messages = " | ".join([*self._organisations, *self._streams])
        return f"{' and '.join(counts)} could not be read{others}: {messages}"
