"""What the target organisation already has, by what names it: read once, in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from target_xero.copy.mapping.references import NaturalKey, natural_key, option_key
from target_xero.copy.steps import Phase, Step
from target_xero.lookup.lists import every_record
from target_xero.lookup.tax_rates import equivalent_rate
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of

# Documents that make an organisation a used one.
DOCUMENTS = ("Invoices", "BankTransactions", "CreditNotes", "ManualJournals", "Payments")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "branding_themes": ("Name",),
    "contact_groups": ("Name",),
    "contacts": ("ContactNumber", "Name"),
    "credit_notes": ("CreditNoteNumber",),
    "currencies": ("Code",),
    "invoices": ("InvoiceNumber",),
    "items": ("Code",),
    "purchase_orders": ("PurchaseOrderNumber",),
    "quotes": ("QuoteNumber",),
    "tracking_categories": ("Name",),
}
_ENTITIES: Mapping[Phase, tuple[tuple[str, str, str], ...]] = {
    Phase.CURRENCIES: (("Currencies", "currencies", "Code"),),
    Phase.TAX_RATES: (("TaxRates", "tax_rates", "TaxType"),),
    Phase.TRACKING_CATEGORIES: (
        ("TrackingCategories", "tracking_categories", "TrackingCategoryID"),
    ),
    Phase.BRANDING_THEMES: (("BrandingThemes", "branding_themes", "BrandingThemeID"),),
    Phase.CONTACTS: (("Contacts", "contacts", "ContactID"),),
    Phase.CONTACT_GROUPS: (("ContactGroups", "contact_groups", "ContactGroupID"),),
    Phase.ITEMS: (("Items", "items", "ItemID"),),
    Phase.STOCK_DOCUMENTS: (
        ("Invoices", "invoices", "InvoiceID"),
        ("CreditNotes", "credit_notes", "CreditNoteID"),
        ("Quotes", "quotes", "QuoteID"),
        ("PurchaseOrders", "purchase_orders", "PurchaseOrderID"),
    ),
}
# Where the names of a kind of record are read.
_PHASES: Mapping[str, Phase] = {
    "accounts": Phase.ACCOUNTS,
    "branding_themes": Phase.BRANDING_THEMES,
    "contact_groups": Phase.CONTACT_GROUPS,
    "contacts": Phase.CONTACTS,
    "credit_notes": Phase.STOCK_DOCUMENTS,
    "invoices": Phase.STOCK_DOCUMENTS,
    "items": Phase.ITEMS,
    "tracking_categories": Phase.TRACKING_CATEGORIES,
    "tracking_options": Phase.TRACKING_CATEGORIES,
}
# Whose number only the organisation's own documents share (xero-facts.md: Writing by entity).
_OWN_TYPES = frozenset({"ACCREC", "ACCRECCREDIT"})
_GONE = frozenset({"DELETED", "VOIDED"})


@dataclass
class Existing:
    """What the target has.

    Attributes:
        natural: Ids by what names a record.
        has_documents: Whether somebody has worked in it already.
        accounts: Its accounts by natural key.
        tax_rates: Its tax rates.
    """

    natural: dict[NaturalKey, str] = field(default_factory=dict)
    has_documents: bool = False
    accounts: dict[NaturalKey, Mapping[str, Any]] = field(default_factory=dict)
    tax_rates: list[Mapping[str, Any]] = field(default_factory=list)
    _read: set[Phase] = field(default_factory=set)

    def read_for(self, transport: Transport, kinds: Iterable[str]) -> None:
        """Reads, once, what names records of these kinds.

        Raises:
            XeroError: A list cannot be read.
        """
        for phase in sorted({_PHASES[kind] for kind in kinds if kind in _PHASES}):
            self.read(transport, phase)

    def read(self, transport: Transport, phase: Phase) -> None:
        """Reads, once, what records of a phase may already be.

        Raises:
            XeroError: A list cannot be read.
        """
        if phase in self._read:
            return
        self._read.add(phase)
        if phase is Phase.ACCOUNTS:
            self._read_accounts(transport)
        for entity, kind, id_field in _ENTITIES.get(phase, ()):
            params = {"summaryOnly": "true"} if entity == "Invoices" else {}
            for record in every_record(transport, entity, params):
                self._note(kind, id_field, record)

    def _note(self, kind: str, id_field: str, record: Mapping[str, Any]) -> None:
        if record.get("Status") in _GONE:
            return
        if kind == "tax_rates":
            self.tax_rates.append(record)
            return
        if kind in ("invoices", "credit_notes") and record.get("Type") not in _OWN_TYPES:
            return
        record_id = str(record.get(id_field))
        archived = "ARCHIVED" in (record.get("Status"), record.get("ContactStatus"))
        for name in _FIELDS[kind]:
            if record.get(name):
                key = natural_key(kind, name, record[name])
                if not archived or key not in self.natural:
                    self.natural[key] = record_id
        for option in record.get("Options") or []:
            key = option_key(record.get("Name"), option.get("Name"))
            self.natural[key] = str(option.get("TrackingOptionID"))

    def _read_accounts(self, transport: Transport) -> None:
        for account in every_record(transport, "Accounts"):
            for name in ("SystemAccount", "Code", "Name"):
                if account.get(name):
                    self.accounts[natural_key("accounts", name, account[name])] = account
                    if name != "SystemAccount":
                        key = natural_key("accounts", name, account[name])
                        self.natural[key] = str(account["AccountID"])

    def match(self, step: Step) -> str | None:
        """The id of what a step would make, where the target has it already."""
        if step.stream == "accounts":
            account = self.account(step.payload)
            return str(account["AccountID"]) if account is not None else None
        if step.stream == "tax_rates":
            rate = equivalent_rate({**step.payload, "TaxType": step.source_id}, self.tax_rates)
            return str(rate["TaxType"]) if rate is not None else None
        if step.stream == "tracking_options":
            name = step.payload.get("Name")
            return self.natural.get(option_key(step.payload.get("_category"), name))
        kind_is_own = step.payload.get("Type") in _OWN_TYPES
        if step.stream in ("invoices", "credit_notes") and not kind_is_own:
            return None
        for name in _FIELDS.get(step.stream, ()):
            value = step.payload.get(name)
            if value:
                found = self.natural.get(natural_key(step.stream, name, value))
                if found is not None:
                    return found
        return None

    def account(self, account: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The target's account for one of the source's: by system part, code, then name."""
        if account.get("SystemAccount"):
            key = natural_key("accounts", "SystemAccount", account["SystemAccount"])
            if key in self.accounts:
                return self.accounts[key]
        for name in ("Code", "Name"):
            if not account.get(name):
                continue
            found = self.accounts.get(natural_key("accounts", name, account[name]))
            if found is not None and _fits(account, found):
                return found
        return None


def _fits(account: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether an account of the same code or name can be the same account."""
    same_part = account.get("SystemAccount") == found.get("SystemAccount")
    banks = [one.get("Type") == "BANK" for one in (account, found)]
    currencies = [one.get("CurrencyCode") for one in (account, found)]
    return same_part and banks[0] == banks[1] and (not banks[0] or currencies[0] == currencies[1])


def has_documents(transport: Transport) -> bool:
    """Whether an organisation holds any document.

    Raises:
        XeroError: A list cannot be read.
    """
    return any(_first_page(transport, entity) for entity in DOCUMENTS)


def _first_page(transport: Transport, entity: str) -> Iterable[Mapping[str, Any]]:
    params = {"page": "1", "pageSize": "1"}
    answer = transport.send(Request("GET", f"/{entity}", params, subject=entity))
    return records_of(answer.json, entity)
