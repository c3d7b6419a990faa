"""Random faults over random batches: the results agree with the records in Xero."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lost_requests import age_requests
from target_runner import publish, records, state

pytestmark = pytest.mark.usefixtures("no_waiting")

LINE = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
BAD_LINE = LINE | {"AccountCode": "none such"}

FAULTS = st.builds(
    dict,
    kind=st.sampled_from(
        [
            "reset",
            "unavailable",
            "server_error",
            "html",
            "truncated",
            "missing_key",
            "fewer",
            "more",
            "null_ids",
            "zero_ids",
            "empty",
        ]
    ),
    after_work=st.booleans(),
    nth=st.integers(1, 4),
    times=st.sampled_from([1, 2, 3, None]),
    # A text of one record: such a fault follows the record into each smaller request.
    containing=st.sampled_from(["", "", "-1", "-2"]),
    method=st.sampled_from(["P*", "P*", "P*", "GET"]),
)
# The number of a sales invoice is unique in Xero and can be looked up; that of a bill is not.
ROWS = st.lists(
    st.tuples(st.sampled_from(["ACCREC", "ACCPAY"]), st.booleans()), min_size=1, max_size=12
)


def invoices(rows, prefix):
    return [
        {
            "Type": kind,
            "InvoiceNumber": f"{prefix}-{n}",
            "Contact": {"Name": "Ana"},
            "Date": "2026-10-01",
            "DueDate": "2026-10-31",
            "LineItems": [LINE if good else BAD_LINE],
        }
        for n, (kind, good) in enumerate(rows)
    ]


def held(xero, prefix):
    """The number of invoices in Xero by invoice number."""
    numbers = (invoice["InvoiceNumber"] for invoice in xero.records("Invoices"))
    return Counter(number for number in numbers if number.startswith(f"{prefix}-"))


runs = iter(range(10_000))


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=ROWS, faults=st.lists(FAULTS, max_size=4), batch_size=st.integers(1, 5), late=st.booleans()
)
def test_random_faults_neither_lose_nor_duplicate_a_record(xero, rows, faults, batch_size, late):
    prefix = f"R{next(runs)}"
    sent = invoices(rows, prefix)
    messages = [*records("invoices", sent, key=["InvoiceNumber"]), state("end")]
    numbers = {row["InvoiceNumber"]: good for row, (_, good) in zip(sent, rows, strict=True)}
    with TemporaryDirectory() as name:
        folder = Path(name)
        xero.reset()
        for fault in faults:
            xero.fault(endpoint="Invoices", **fault)
        results = {}
        first = publish(folder, xero, messages, batch_size=batch_size)
        note(results, first)
        xero.reset()
        if late:
            xero.clock.advance(400)
            age_requests(folder, 400)
        second = publish(folder, xero, messages, batch_size=batch_size)
        note(results, second)
    there = held(xero, prefix)
    # Never twice, and never what is invalid.
    assert all(count == 1 for count in there.values())
    assert all(numbers[number] for number in there)
    for number, good in numbers.items():
        statuses = results[number]
        if not good:
            assert statuses[-1] in ("rejected", "unknown"), (number, statuses)
        elif statuses[-1] != "unknown":
            # What the results call published is there, and all the rest is known to be unknown.
            assert there[number] == 1, (number, statuses)
            assert statuses[-1] in ("created", "updated", "unchanged")
    # A sale can be looked up, so the second run, without faults, knows of each.
    for row, (kind, _) in zip(sent, rows, strict=True):
        if kind == "ACCREC":
            assert results[row["InvoiceNumber"]][-1] != "unknown"
    assert second.states == ([] if second.statuses["unknown"] else ["end"])


def note(results, run):
    assert "Traceback" not in run.log
    for result in run.results:
        results.setdefault(result["key"]["InvoiceNumber"], []).append(result["status"])
