"""What a copy says: before it begins, what it does and how long; at its end, what is not known."""

import re
from copy import deepcopy
from dataclasses import replace

import pytest
from copy_fixtures import beside_an_empty_one
from copy_pair import SOURCE, TARGET, Pair

from xero_sandbox.companies.presets import empty_company
from xero_sandbox.http.limits import GENEROUS
from xero_sandbox.server import server


def test_it_says_first_what_it_does_with_each_record_and_how_many_calls_it_takes(pair, backup):
    came = sum(b'"type":"RECORD"' in line for line in backup.read_bytes().splitlines())

    ended = pair.copy(backup)

    assert ended.returncode == 0, ended.stderr[-3000:]
    said = re.search(
        r"(\d+) records came: (\d+) are copied, (\d+) are created by Xero with another record, "
        r"(\d+) are left out on purpose",
        ended.stderr,
    )
    numbers = [int(number) for number in said.groups()]
    assert numbers[0] == came == sum(numbers[1:])
    reasons = re.findall(r"Left out: (\d+) because", ended.stderr)
    assert sum(map(int, reasons)) == numbers[3]
    [calls] = re.findall(r"At most (\d+) calls that write, ", ended.stderr)
    assert len(pair.writes) <= int(calls) <= len(pair.writes) * 1.5


def test_the_estimate_knows_the_limits_of_calls(tmp_path, small_company, backup):
    company, _ = small_company
    companies = [deepcopy(company), empty_company(TARGET, "Harbour Copy")]
    limits = replace(GENEROUS, minute=60, day=30)
    with server(companies=companies, limits=limits) as xero:
        ended = Pair(xero, tmp_path).copy(backup, dry_run=True)

    said = r"At most \d+ calls that write, less than a minute at Xero's limit of 60 calls a minute"
    assert re.search(said, ended.stderr)
    assert re.search(r"Only \d+ calls are left today: the copy stops there", ended.stderr)


def test_a_dry_run_leaves_nothing_that_a_later_run_takes_for_copied(pair, backup):
    assert pair.copy(backup, dry_run=True).returncode == 0
    pair.put("Contacts", {"Name": "There"}, pair.target)
    own = {"Contact": {"Name": "There"}, "Type": "ACCREC", "InvoiceNumber": "OWN"}
    pair.put("Invoices", own, pair.target)

    refused = pair.copy(backup)
    assert "has documents already, and nothing was copied to it before" in refused.stderr
    copied = pair.copy(backup, yes=True)

    assert copied.returncode == 0, copied.stderr[-3000:]
    assert "were copied by an earlier run" not in copied.stderr


def test_it_ends_with_the_command_that_compares_the_books(pair, backup):
    first = pair.copy(backup)
    assert "target-xero verify --source" in first.stderr.splitlines()[-1]
    assert "were copied by an earlier run" not in first.stderr

    again = pair.copy(backup)
    assert re.search(
        r"\d+ records were copied by an earlier run .* what was edited in the target stays",
        again.stderr,
    )
    assert "At most 0 calls that write" in again.stderr
    [count] = re.findall(r"(\d+) records were copied by an earlier run", again.stderr)
    named = [
        each for each in pair.results if "not compared with the target" in str(each["warnings"])
    ]
    assert len(named) == int(count)
    assert {each["status"] for each in named} == {"unchanged"}


@pytest.fixture
def stocked(tmp_path):
    """An organisation that has bought jars twice and sold some, and an empty one."""
    with beside_an_empty_one(empty_company(SOURCE, "Harbour")) as xero:
        pair = Pair(xero, tmp_path)
        jar = {
            "Code": "JAR",
            "Name": "Jar",
            "InventoryAssetAccountCode": "630",
            "SalesDetails": {"UnitPrice": "12.50", "AccountCode": "200"},
            "PurchaseDetails": {"UnitPrice": "4", "COGSAccountCode": "310"},
        }
        pair.call("PUT", "Items", {"Items": [jar]})
        bill = {"Type": "ACCPAY", "Contact": {"Name": "Ana"}, "Status": "AUTHORISED"}
        sale = {"Type": "ACCREC", "Contact": {"Name": "Bo"}, "Status": "AUTHORISED"}

        def document(kind, day, number, price):
            line = {"ItemCode": "JAR", "Quantity": number, "UnitAmount": price}
            return pair.put("Invoices", {**kind, "Date": day, "LineItems": [line]})

        pair.bought = document(bill, "2026-03-01", 10, "4.00")
        document(bill, "2026-03-02", 10, "7.77")
        document(sale, "2026-03-03", 5, "12.50")
        yield pair


def test_stock_that_follows_from_its_documents_is_not_warned_of(stocked):
    ended = stocked.copy(stocked.tap())

    assert "The stock of these tracked items" not in ended.stderr
    assert stocked.verify().returncode == 0


def test_stock_with_a_history_of_voided_documents_is_warned_of_and_named_in_the_verdict(stocked):
    stocked.post("Invoices", {"InvoiceID": stocked.bought["InvoiceID"], "Status": "VOIDED"})

    ended = stocked.copy(stocked.tap())
    assert re.search(r"The stock of these tracked items .*: JAR \(source: 5 at ", ended.stderr)
    proof = stocked.verify()

    assert proof.returncode == 1
    assert "The stock of 1 tracked items has another quantity or cost: JAR." in proof.stdout
    item = stocked.find("Items", stocked.target, Code="JAR")
    stated = re.search(r"copy: 5 at ([\d.]+)\)", ended.stderr).group(1)
    assert float(stated) == item["TotalCostPool"]
