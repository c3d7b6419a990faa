"""What the report streams need to know of an organisation besides its reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tap_xero.paging.list_reader import ListReader
from tap_xero.records.dates import to_day
from tap_xero.requests.parameters import MAX_PAGE_SIZE, StreamSettings
from tap_xero.requests.planner import RequestPlanner
from tap_xero.run.organisations import Organisation
from tap_xero.state import StartPosition
from xero_client.entities.reports import CREDITS
from xero_client.entities.table import BY_STREAM
from xero_client.errors import SettingsError
from xero_client.http.transport import Request
from xero_client.http.wire import records_of

JsonObject = Mapping[str, Any]
# The flag of a contact, and how the types of credits begin.
_SIDES = {
    "receivables": ("IsCustomer", ("ACCRECCREDIT", "RECEIVE-", "AR")),
    "payables": ("IsSupplier", ("ACCPAYCREDIT", "SPEND-", "AP")),
}


@dataclass(frozen=True)
class ReportFacts:
    """The accounts, lock dates, tracking and contacts of one organisation, requested once a run.

    Attributes:
        organisation: The organisation.
    """

    organisation: Organisation

    @cached_property
    def accounts(self) -> Mapping[str, JsonObject]:
        """The accounts by id."""
        return {str(each.get("AccountID")).lower(): each for each in self._list("accounts")}

    @cached_property
    def lock_date(self) -> date | None:
        """The day up to which nobody can post, ``EndOfYearLockDate``; None without one.

        ``PeriodLockDate`` does not count: advisers can still post before it.
        """
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            return date.fromisoformat(to_day(self._settings["EndOfYearLockDate"]))
        return None

    @cached_property
    def year_end(self) -> str | None:
        """The last day of the financial year, as ``03-31``; None if Xero does not say it."""
        with suppress(KeyError, TypeError, ValueError):
            month, day = (self._settings[f"FinancialYearEnd{part}"] for part in ("Month", "Day"))
            return f"{int(month):02}-{int(day):02}"
        return None

    @cached_property
    def _settings(self) -> JsonObject:
        """The organisation itself."""
        [organisation] = self._list("organisations")[:1] or [{}]
        return dict(organisation) if isinstance(organisation, Mapping) else {}

    def contacts_of(self, side: str) -> Mapping[str, str | None]:
        """The names of the contacts that can have receivables or payables, by id.

        Xero flags who has invoices or bills. It does not say whether a credit alone sets the flag,
        so the contacts of credits count too.

        Args:
            side: ``receivables`` or ``payables``.
        """
        flag, types = _SIDES[side]
        found = {
            str(contact["ContactID"]): contact.get("Name")
            for contact in self._contacts
            if contact.get(flag)
        }
        for credit in self._credits:
            contact = credit.get("Contact") or {}
            if str(credit.get("Type")).startswith(types) and contact.get("ContactID"):
                found.setdefault(str(contact["ContactID"]), contact.get("Name"))
        return found

    @cached_property
    def _contacts(self) -> Sequence[JsonObject]:
        return self._all_pages("contacts")

    @cached_property
    def _credits(self) -> Sequence[JsonObject]:
        return [credit for stream in CREDITS for credit in self._all_pages(stream)]

    def _all_pages(self, stream: str) -> Sequence[JsonObject]:
        """The records of a list in pages, archived ones too."""
        planner = RequestPlanner(
            entity=BY_STREAM[stream],
            stream="reports",
            settings=StreamSettings("reports"),
            page_size=MAX_PAGE_SIZE,
            include_archived=True,
            start_date=None,
            summary_only=False,
        )
        organisation = self.organisation
        reader = ListReader(
            planner.list_request(StartPosition(), {}, None),
            organisation.transport,
            organisation.max_concurrency,
        )
        return [record for page in reader.pages() for record in page.records]

    def categories(self, names: Sequence[str]) -> Sequence[JsonObject]:
        """The tracking categories of these names; all active ones if no name is given.

        Raises:
            SettingsError: A name is not that of a category.
        """
        found = self._categories
        if not names:
            return [each for each in found if each.get("Status") == "ACTIVE"]
        by_name = {str(each.get("Name")).casefold(): each for each in found}
        for name in names:
            if name.casefold() not in by_name:
                message = (
                    f"Setting 'reports.tracking' names {name!r}, which is not a tracking category; "
                    f"there are: {', '.join(str(each.get('Name')) for each in found) or 'none'}"
                )
                raise SettingsError(message)
        return [by_name[name.casefold()] for name in names]

    @cached_property
    def _categories(self) -> Sequence[JsonObject]:
        return self._list("tracking_categories")

    def _list(self, stream: str) -> list[Any]:
        entity = BY_STREAM[stream]
        request = Request("GET", entity.path, subject="reports", scope=entity.read_scope)
        return list(records_of(self.organisation.transport.send(request).json, entity.key))
