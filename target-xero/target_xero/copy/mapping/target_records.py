"""The records that the target had before the copy, by natural key; each list is read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from target_xero.books.organisation import DATED_ENTITIES
from target_xero.copy.mapping.references import (
    NaturalKey,
    has_unique_name,
    natural_key,
    option_key,
)
from target_xero.copy.steps import Phase, Step
from target_xero.lookup.lists import every_record
from target_xero.lookup.resource_lookup import every_resource
from target_xero.lookup.tax_rates import equivalent_rate
from xero_client.entities.other_apis import OTHER_ENTITIES
from xero_client.entities.table import ALL_BY_STREAM, ALL_ENTITIES, ENTITIES, Entity
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of

_OPTIONS = "tracking_options"


@dataclass(frozen=True)
class _Document:
    """What tells two documents of one number apart.

    Attributes:
        contact: The name of its contact, in small letters; empty if it is not known.
        total: Its total as text; empty if it is not known.
    """

    contact: str
    total: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> _Document:
        """That of a record."""
        name = str((record.get("Contact") or {}).get("Name") or "")
        total = record.get("Total")
        return cls(
            name.strip().casefold(), "" if total is None else f"{Decimal(str(total)).normalize():f}"
        )

    def is_apart_from(self, other: _Document) -> bool:
        """Whether both the contacts and the totals are known, and differ."""
        values = (self.contact, other.contact, self.total, other.total)
        return all(values) and self.contact != other.contact and self.total != other.total


def _is_document(entity: Entity) -> bool:
    return entity.writing is not None and entity.writing.is_document


def _matching_phase(entity: Entity) -> Phase | None:
    """The phase in which the records of an entity that the target has are read."""
    if _is_document(entity):
        return Phase.STOCK_DOCUMENTS
    return Phase.__members__.get(entity.stream.upper()) if entity.named_by else None


_PHASES: Mapping[str, Phase] = {
    entity.stream: phase
    for entity in ALL_ENTITIES
    if (phase := _matching_phase(entity)) is not None
} | {_OPTIONS: Phase.TRACKING_CATEGORIES}  # they are inside of their categories
_REMOVED = frozenset({"DELETED", "VOIDED"})


@dataclass
class TargetRecords:
    """The records that the target had before the copy.

    Attributes:
        ids_by_key: Ids by natural key.
        has_documents: Whether it has any documents.
        accounts: Accounts by natural key.
        tax_rates: Tax rates.
        account_codes: The code of each account that has one, by ``AccountID``.
    """

    ids_by_key: dict[NaturalKey, str] = field(default_factory=dict)
    has_documents: bool = False
    accounts: dict[NaturalKey, Mapping[str, Any]] = field(default_factory=dict)
    tax_rates: list[Mapping[str, Any]] = field(default_factory=list)
    account_codes: dict[str, str] = field(default_factory=dict)
    _read_phases: set[Phase] = field(default_factory=set)
    _documents: dict[str, _Document] = field(default_factory=dict)

    def read_streams(self, transport: Transport, streams: Iterable[str]) -> None:
        """Reads the records of some streams, each list once.

        Raises:
            XeroError: A list cannot be read.
        """
        for phase in sorted({_PHASES[stream] for stream in streams if stream in _PHASES}):
            self.read_phase(transport, phase)

    def read_phase(self, transport: Transport, phase: Phase) -> None:
        """Reads the records that a phase may match, each list once.

        Raises:
            XeroError: A list cannot be read.
        """
        if phase in self._read_phases:
            return
        self._read_phases.add(phase)
        if phase is Phase.ACCOUNTS:
            self._read_accounts(transport)
            return
        for entity in ENTITIES:
            if _PHASES.get(entity.stream) is phase:
                params = {"summaryOnly": "true"} if entity.reading.summary_drops else {}
                for record in every_record(transport, entity.name, params):
                    self._index(entity, record)
        for entity in OTHER_ENTITIES:
            if _PHASES.get(entity.stream) is phase:
                for record in every_resource(transport, entity):
                    self._index(entity, record)

    def _index(self, entity: Entity, record: Mapping[str, Any]) -> None:
        stream = entity.stream
        if record.get("Status") in _REMOVED:
            return
        if stream == "tax_rates":
            self.tax_rates.append(record)
            return
        if not has_unique_name(stream, record):
            return
        record_id = str(record.get(entity.id_field or ""))
        if _is_document(entity):
            self._documents[record_id] = _Document.of(record)
        is_archived = "ARCHIVED" in (record.get("Status"), record.get("ContactStatus"))
        for name in entity.named_by:
            if record.get(name):
                key = natural_key(stream, name, record[name])
                if not is_archived or key not in self.ids_by_key:
                    self.ids_by_key[key] = record_id
        for option in record.get("Options") or []:
            key = option_key(record.get("Name"), option.get("Name"))
            self.ids_by_key[key] = str(option.get("TrackingOptionID"))

    def _read_accounts(self, transport: Transport) -> None:
        for account in every_record(transport, "Accounts"):
            if account.get("Code"):
                self.account_codes[str(account["AccountID"])] = str(account["Code"])
            for name in ("SystemAccount", "Code", "Name"):
                if account.get(name):
                    self.accounts[natural_key("accounts", name, account[name])] = account
                    if name != "SystemAccount":
                        key = natural_key("accounts", name, account[name])
                        self.ids_by_key[key] = str(account["AccountID"])

    def match(self, step: Step) -> str | None:
        """The id of the record that a step would create, if the target has it already."""
        if step.stream == "accounts":
            account = self.matching_account(step.payload)
            return str(account["AccountID"]) if account is not None else None
        if step.stream == "tax_rates":
            rate = equivalent_rate({**step.payload, "TaxType": step.source_id}, self.tax_rates)
            return str(rate["TaxType"]) if rate is not None else None
        if step.stream == _OPTIONS:
            name = step.payload.get("Name")
            return self.ids_by_key.get(option_key(step.payload.get("_category"), name))
        entity = ALL_BY_STREAM.get(step.stream)
        if entity is None or not has_unique_name(step.stream, step.payload):
            return None
        for name in entity.named_by:
            value = step.payload.get(name)
            if value:
                found = self.ids_by_key.get(natural_key(step.stream, name, value))
                if found is not None:
                    return found
        return None

    def is_another_document(self, found: str, step: Step) -> bool:
        """Whether a document of the target has the number of a step's by chance.

        One that has changed since it was copied has still its contact or its total.
        """
        theirs = self._documents.get(found)
        return theirs is not None and theirs.is_apart_from(_Document.of(step.payload))

    def matching_account(self, account: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The target's account for one of the source's: by system account, code, then name."""
        if account.get("SystemAccount"):
            key = natural_key("accounts", "SystemAccount", account["SystemAccount"])
            if key in self.accounts:
                return self.accounts[key]
        for name in ("Code", "Name"):
            if not account.get(name):
                continue
            found = self.accounts.get(natural_key("accounts", name, account[name]))
            if found is not None and _can_match(account, found):
                return found
        return None


def _can_match(account: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether accounts with the same code or name can be the same account."""
    same_system_account = account.get("SystemAccount") == found.get("SystemAccount")
    is_bank = account.get("Type") == "BANK"
    same_type = is_bank == (found.get("Type") == "BANK")
    same_currency = account.get("CurrencyCode") == found.get("CurrencyCode")
    return same_system_account and same_type and (not is_bank or same_currency)


def account_codes_in(transport: Transport) -> dict[str, str]:
    """The code of each account that has one, by ``AccountID``, as it is now.

    Raises:
        XeroError: The accounts cannot be read.
    """
    return {
        str(account["AccountID"]): str(account["Code"])
        for account in every_record(transport, "Accounts")
        if account.get("Code")
    }


def has_documents(transport: Transport) -> bool:
    """Whether an organisation has any documents.

    Raises:
        XeroError: A list cannot be read.
    """
    return any(_first_page(transport, entity) for entity in DATED_ENTITIES)


def _first_page(transport: Transport, entity: str) -> Iterable[Mapping[str, Any]]:
    params = {"page": "1", "pageSize": "1"}
    response = transport.send(Request("GET", f"/{entity}", params, subject=entity))
    return records_of(response.json, entity)
