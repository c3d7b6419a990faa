"""Whatever is written, the sandbox responds as Xero does, and its ledger balances."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xero_sandbox.companies.presets import demo_company, empty_company
from xero_sandbox.model.transaction import copy_record
from xero_sandbox.writing import WriteError, WriteRequest, write

NOW = datetime(2026, 11, 21, 2, tzinfo=timezone.utc)
ENTITIES = {
    "Accounts": ("PUT",),
    "BankTransactions": ("PUT", "POST"),
    "BankTransfers": ("PUT", "POST"),
    "BatchPayments": ("PUT", "POST"),
    "ContactGroups": ("PUT",),
    "Contacts": ("PUT", "POST"),
    "CreditNotes": ("PUT", "POST"),
    "Currencies": ("PUT",),
    "Invoices": ("PUT", "POST"),
    "Items": ("PUT", "POST"),
    "LinkedTransactions": ("PUT",),
    "ManualJournals": ("PUT", "POST"),
    "PaymentServices": ("PUT",),
    "Payments": ("PUT", "POST"),
    "PurchaseOrders": ("PUT", "POST"),
    "Quotes": ("PUT", "POST"),
    "RepeatingInvoices": ("PUT", "POST"),
    "Setup": ("POST",),
    "TaxRates": ("PUT", "POST"),
    "TrackingCategories": ("PUT",),
}
COMPANY = demo_company("77777777-7777-4777-8777-777777777777")
FIELDS = sorted(
    {
        field
        for records in COMPANY.collections.values()
        for item in records.values()
        for field in item
    }
    | {"Quantity", "UnitAmount", "AccountCode", "TaxType", "LineAmount", "Balance", "Month", "Year"}
    | {"Accounts", "ConversionDate", "ConversionBalances", "Details", "Options", "IsCompound"}
)
KNOWN_IDS = [next(iter(records)) for records in COMPANY.collections.values() if records]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        [
            "",
            "AUTHORISED",
            "DELETED",
            "VOIDED",
            "ACCREC",
            "ACCPAY",
            "ACCRECCREDIT",
            "SPEND",
            "RECEIVE",
            "RECEIVE-OVERPAYMENT",
            "Inclusive",
            "200",
            "090",
            "NZD",
            "USD",
            "INPUT2",
            "BRD-SOUR",
            "2026-10-31",
            "/Date(1790000000000+0000)/",
            "1e999999",
            "00000000-0000-0000-0000-000000000000",
            Decimal("0.005"),
            *KNOWN_IDS,
        ]
    )
)
NAMES = st.sampled_from(FIELDS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
ELEMENTS = st.dictionaries(NAMES, VALUES, max_size=9)


SAMPLES = {
    entity: [
        copy_record(item) for item in list(COMPANY.collections.get(entity, {}).values())[::9][:9]
    ]
    for entity in ENTITIES
}


def refused_or_written(request):
    try:
        return write(COMPANY, request, NOW)
    except WriteError:
        return None


@pytest.mark.parametrize("entity", sorted(ENTITIES))
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_odd_element_is_saved_or_refused_with_a_message(entity, data):
    method = data.draw(st.sampled_from(ENTITIES[entity]))
    which = data.draw(st.integers(0, 8))
    record = SAMPLES[entity][which] if which < len(SAMPLES[entity]) else {}
    kept = data.draw(st.lists(st.sampled_from(sorted(record) or ["Name"]), max_size=8))
    base = {field: record[field] for field in kept if field in record}
    element = {**base, **data.draw(ELEMENTS)}
    journals = len(COMPANY.collections["Journals"])
    request = WriteRequest(method, (entity,), {"summarizeErrors": "false"}, [element], "Tester")
    written = refused_or_written(request)
    if written is None:
        assert len(COMPANY.collections["Journals"]) == journals
        return
    (result,) = written.results
    assert all(result.errors)
    if result.errors:
        assert len(COMPANY.collections["Journals"]) == journals
    for journal in list(COMPANY.collections["Journals"].values())[journals:]:
        assert sum(line["NetAmount"] for line in journal["JournalLines"]) == 0


def test_a_request_of_a_wrong_type_changes_nothing_at_all():
    company = empty_company("88888888-8888-4888-8888-888888888888")
    elements = [{"Name": "Ana"}, {"Name": {"nested": "name"}}]
    request = WriteRequest("PUT", ("Contacts",), {"summarizeErrors": "false"}, elements, "Tester")
    with pytest.raises(WriteError) as refused:
        write(company, request, NOW)
    assert (refused.value.status, refused.value.number) == (400, 17)
    assert not company.collections["Contacts"]
