"""What a run could not read: streams, and whole organisations."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tap_xero.run.context import ORGANISATION_ERRORS, UNAVAILABLE_ERRORS, ends_run
from tap_xero.run.organisations import Organisation
from xero_client.auth.tenants import Tenant
from xero_client.command_line.run_end import in_one_line
from xero_client.errors import AccessDeniedError, XeroError

logger = logging.getLogger("tap-xero")

# What to do if the organisation does not have what a stream needs, such as a plan or a country.
SKIPPING = "to read only the others, deselect such streams, or set unavailable_streams to skip"
# So many names of streams or organisations with the same reason are in the last line, or one more.
MAX_NAMES = 5
# What differs from call to call in errors with the same reason: the request, its scope, a wait.
_OF_CALL = re.compile(r"\b[A-Z]+ (?:/|https?://)\S+| \(scope [\w.]+\)| for \d+ s\b")


@dataclass(frozen=True)
class Failure:
    """A stream of an organisation that could not be read, or a whole organisation.

    Attributes:
        stream: The stream; of an organisation the one that was being read, empty for none.
        tenant: The organisation.
        error: Why it could not be read.
        is_whole: Whether nothing more can be read of the organisation.
    """

    stream: str
    tenant: Tenant
    error: XeroError
    is_whole: bool = False

    def __str__(self) -> str:
        subject = "organisation" if self.is_whole else f"{self.stream} of"
        return f"{subject} {self.tenant}: {in_one_line(self.error)}"

    @property
    def cause(self) -> str:
        """The error in one line, without the stream that some errors begin with."""
        return in_one_line(self.error).removeprefix(f"{self.stream}: ")

    @property
    def reason(self) -> str:
        """The cause without what differs between streams and organisations."""
        text = self.cause.removesuffix(f" [Xero-Correlation-Id {self.error.correlation_id}]")
        return _OF_CALL.sub("", text.replace(str(self.tenant), ""))


class Failures:
    """Logs each failure when it happens, and names all of them at the end."""

    def __init__(self) -> None:
        """Begins without failures."""
        self._streams: list[Failure] = []
        self._organisations: list[Failure] = []

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
            self.add_organisation(organisation, error, stream)
            return
        failure = Failure(stream, organisation.tenant, error)
        if skipped:
            logger.warning("Skipping %s", failure)
            return
        logger.error("Cannot read %s", failure)
        self._streams.append(failure)

    def add_organisation(
        self, organisation: Organisation, error: XeroError, stream: str = ""
    ) -> None:
        """Reports an organisation of which nothing more can be read.

        Args:
            organisation: The organisation.
            error: Why it could not be read.
            stream: The stream that was being read.
        """
        organisation.fail(error)
        failure = Failure(stream, organisation.tenant, error, is_whole=True)
        logger.error("Cannot read %s", failure)
        self._organisations.append(failure)

    def summary(self, organisations: Collection[Organisation]) -> str:
        """The organisations and streams that could not be read.

        What failed for the same reason stands together, with the error of the first one.

        Args:
            organisations: The organisations of the run.
        """
        position = {each.tenant: number for number, each in enumerate(organisations)}
        failed = {
            what: sorted(failures, key=lambda each: position.get(each.tenant, -1))
            for what, failures in (
                ("organisation(s)", self._organisations),
                ("stream(s)", self._streams),
            )
        }
        counts = [f"{len(failures)} {what}" for what, failures in failed.items() if failures]
        is_any_read = any(
            each.failure is None and each.has_complete_stream for each in organisations
        )
        others = ", all others were read" if is_any_read else ""
        messages = " | ".join(
            _message(group) for failures in failed.values() for group in _groups(failures)
        )
        is_refused = any(isinstance(each.error, AccessDeniedError) for each in self._streams)
        remedy = f" | {SKIPPING}" if is_refused else ""
        return f"{' and '.join(counts)} could not be read{others}: {messages}{remedy}"


def _groups(failures: Iterable[Failure]) -> Iterable[Sequence[Sequence[Failure]]]:
    """The failures by reason: of each organisation, and of organisations with the same streams."""
    of_tenants: dict[tuple[str, str], list[Failure]] = {}
    for failure in failures:
        of_tenants.setdefault((failure.tenant.tenant_id, failure.reason), []).append(failure)
    groups: dict[tuple[str, ...], list[list[Failure]]] = {}
    for (_, reason), found in of_tenants.items():
        streams = [each.stream for each in found if not each.is_whole]
        groups.setdefault((reason, *streams), []).append(found)
    return groups.values()


def _message(group: Sequence[Sequence[Failure]]) -> str:
    """What failed for one reason.

    Args:
        group: The failures of each organisation, of the same streams.
    """
    first = group[0][0]
    if len(group) == len(group[0]) == 1:
        return f"{_subject(group)}: {first.cause}"
    return f"{_subject(group)}, for the same reason: {first.cause}"


def _subject(group: Sequence[Sequence[Failure]]) -> str:
    tenants = _shortened([str(failures[0].tenant) for failures in group])
    if group[0][0].is_whole:
        return f"organisation{'s' if len(group) > 1 else ''} {tenants}"
    return f"{_shortened([failure.stream for failure in group[0]])} of {tenants}"


def _shortened(names: Sequence[str]) -> str:
    """The names, or the first ones and how many others there are, which are two or more."""
    if len(names) <= MAX_NAMES + 1:
        return ", ".join(names)
    return f"{', '.join(names[:MAX_NAMES])} and {len(names) - MAX_NAMES} others"
