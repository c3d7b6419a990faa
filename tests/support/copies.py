"""Two organisations, the commands that copy one into the other, and a small company to copy."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from copy import deepcopy
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from tap_runner import catalog_of, own_logging
from tap_xero.tap import TapXero
from target_xero.copy.command import command as opening_balances
from target_xero.target import TargetXero
from target_xero.verify.command import verify
from xero_sandbox.demo import empty_company
from xero_sandbox.server import server

BIN = Path(sys.executable).parent
SOURCE = "aaaaaaaa-0000-4000-8000-000000000001"
TARGET = "aaaaaaaa-0000-4000-8000-000000000002"


def beside_an_empty_one(company):
    """A sandbox of the company, as it was made, and of an empty organisation to copy it to."""
    return server(companies=[deepcopy(company), empty_company(TARGET, "Harbour Copy")])


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The small company and its backup, made once."""
    return small_company(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def made_copy(tmp_path_factory, made):
    """The small company, a copy of it, its state database and the STATE, made once."""
    company, said = made
    folder = tmp_path_factory.mktemp("made_copy")
    backup = folder / "kept.jsonl"
    backup.write_bytes(said)
    with beside_an_empty_one(company) as xero:
        pair = Pair(xero, folder)
        ended = pair.copy(backup)
        assert ended.returncode == 0, ended.stderr[-3000:]
        copy = deepcopy(xero.organisation(pair.target))
    return company, copy, pair.store_path, state_of(ended)


@pytest.fixture
def pair(tmp_path, made):
    """The small company, and an empty organisation to copy it to."""
    company, _ = made
    with beside_an_empty_one(company) as xero:
        yield Pair(xero, tmp_path)


@pytest.fixture
def copied(tmp_path, made_copy):
    """The small company and its copy, as the first run left them."""
    company, copy, store_path, state = made_copy
    with server(companies=[deepcopy(company), deepcopy(copy)]) as xero:
        pair = Pair(xero, tmp_path, state)
        with (
            closing(sqlite3.connect(store_path)) as kept,
            closing(sqlite3.connect(pair.store_path)) as own,
        ):
            kept.backup(own)
        yield pair


@pytest.fixture
def backup(tmp_path, made):
    """What tap-xero said of the company, kept in a file."""
    path = tmp_path / "kept.jsonl"
    path.write_bytes(made[1])
    return path


class Pair:
    """A sandbox's first two organisations, and what is run between them."""

    def __init__(self, xero, folder, state=None):
        self.xero = xero
        self.folder = folder
        # The STATE of the last copy that went well.
        self.state = state
        self.store_path = folder / "store.db"
        self.source, self.target = xero.tenant_ids[0], xero.tenant_ids[-1]
        self._config = {
            "base_uri": xero.base_uri,
            "authorize_uri": xero.authorize_uri,
            "token_uri": xero.token_uri,
            "access_token": xero.grant("sandbox-web")["access_token"],
            "store_uri": f"sqlite:///{self.store_path}",
        }
        self._headers = {
            tenant_id: xero.headers("sandbox-web", tenant_id=tenant_id)
            for tenant_id in xero.tenant_ids
        }
        self.results_path = folder / "results.jsonl"
        self.rejects_path = folder / "rejects.jsonl"

    # Calls by hand

    def send(self, method, path, tenant_id=None, headers=(), **content):
        answer = requests.request(
            method,
            f"{self.xero.base_uri}/{path}",
            headers={**self._headers[tenant_id or self.source], **dict(headers)},
            timeout=10,
            **content,
        )
        assert answer.ok, (method, path, answer.text)
        return answer

    def call(self, method, path, body=None, tenant_id=None, params=None):
        return self.send(method, path, tenant_id, json=body, params=params).json()

    def put(self, entity, record, tenant_id=None):
        params = {"unitdp": "4"}
        return self.call("PUT", entity, {entity: [record]}, tenant_id, params)[entity][0]

    def post(self, entity, record, tenant_id=None):
        return self.call("POST", entity, {entity: [record]}, tenant_id)[entity][0]

    def below(self, path, key, *records):
        return self.call("PUT", path, {key: list(records)})[key]

    def records(self, entity, tenant_id=None, **params):
        """All records of an organisation (the copy's), as its API shows them."""
        params = {"page": 1, "pageSize": 1000, "includeArchived": "true", **params}
        return self.call("GET", entity, tenant_id=tenant_id or self.target, params=params)[entity]

    def one(self, entity, tenant_id=None, **fields):
        """The only record (of the source) with these fields, or None."""
        found = [
            record
            for record in self.records(entity, tenant_id or self.source)
            if all(record.get(name) == value for name, value in fields.items())
        ]
        assert len(found) <= 1
        return found[0] if found else None

    # Commands

    def config(self, name, tenant_id, **settings):
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({**self._config, "tenant_id": tenant_id, **settings}))
        return str(path)

    def tap(self, state=None, streams=None, **settings):
        """The Singer messages of the source, as a file: a backup."""
        options = ["--config", self.config("tap", self.source, **settings)]
        if streams is not None:
            catalog = self.folder / "catalog.json"
            catalog.write_text(json.dumps(catalog_of(streams)))
            options += ["--catalog", str(catalog)]
        if state is not None:
            path = self.folder / "state.json"
            path.write_text(json.dumps(state))
            options += ["--state", str(path)]
        with own_logging() as log:
            result = CliRunner().invoke(TapXero.cli, options)
        run = ended(result, log.getvalue())
        assert run.returncode == 0, run.stderr[-2000:]
        backup = self.folder / "backup.jsonl"
        backup.write_bytes(result.stdout_bytes)
        return backup

    def _copy_settings(self, settings):
        return {
            "tenant_id": self.target,
            "references": "translate",
            "results_path": str(self.results_path),
            "rejects_path": str(self.rejects_path),
            **settings,
        }

    def start(self, backup, options=(), **settings):
        """Starts the target on a backup."""
        config = self.config("copy", **self._copy_settings(settings))
        command = [str(BIN / "target-xero"), "--config", config, *options]
        with backup.open("rb") as lines:
            return subprocess.Popen(
                command, stdin=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )

    def kill_during(self, backup, calls, **settings):
        """Copies a backup, and is killed in the middle of the next PUT to such a path."""
        before = len(self.xero.calls(calls, "PUT"))
        self.xero.fault("latency", calls, method="PUT", nth=1, seconds=0.5)
        process = self.start(backup, **settings)
        deadline = time.monotonic() + 60
        while len(self.xero.calls(calls, "PUT")) == before and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.kill()
        process.communicate()

    def copy(self, backup, **settings):
        """Copies a backup in this process; gives exit code, output and log."""
        self.results_path.unlink(missing_ok=True)
        self.rejects_path.unlink(missing_ok=True)
        config = self.config("copy", **self._copy_settings(settings))
        with own_logging() as log:
            result = CliRunner().invoke(
                TargetXero.cli, ["--config", config], input=backup.read_bytes()
            )
        return ended(result, log.getvalue())

    def opening_balances(self, *options):
        """The file of the source's opening balances."""
        path = self.folder / "opening.json"
        options = ["--source", self.config("source", self.source), "--output", str(path), *options]
        run = ended(CliRunner().invoke(opening_balances, options), "")
        assert run.returncode == 0, run.stderr
        return str(path)

    def verify(self, *options):
        files = ["--source", self.config("source", self.source)]
        files += ["--target", self.config("target", self.target)]
        return ended(CliRunner().invoke(verify, [*files, *options]), "")

    # What came of it

    @property
    def results(self):
        return [json.loads(line) for line in self.results_path.read_text().splitlines()]

    @property
    def statuses(self):
        return Counter(result["status"] for result in self.results)

    @property
    def writes(self):
        """The calls that wrote something, since the log was last cleared."""
        return [entry for entry in self.xero.log if entry["method"] != "GET"]


def ended(result, log):
    """What a command in this process came to, as if it had been one of its own."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return subprocess.CompletedProcess([], result.exit_code, result.stdout, result.stderr + log)


def assert_agree(pair, *options):
    """The proof: the command says that the books agree."""
    verdict = pair.verify(*options)
    differing = [line for line in verdict.stdout.splitlines() if "differ" in line.lower()]
    assert verdict.returncode == 0, (differing, verdict.stdout[-3000:], verdict.stderr)


def assert_the_same(pair):
    """Every record is the same; reports may differ, as without opening balances."""
    found = json.loads(pair.verify("--json", "-").stdout)["mismatches"]
    assert [one for one in found if one["judged"]] == []


def state_of(ended):
    """The STATE with which a copy ended."""
    return json.loads(ended.stdout.splitlines()[-1])


def small_company(folder, keep_more=lambda _pair: None, **settings):
    """The small company, with what else it keeps, and its backup."""
    with server(companies=[empty_company(SOURCE, "Harbour")]) as xero:
        pair = Pair(xero, folder)
        keep_books(pair)
        keep_more(pair)
        return deepcopy(xero.organisation()), pair.tap(**settings).read_bytes()


def line(amount, account="200", **fields):
    return {"Description": "Bread", "UnitAmount": amount, "AccountCode": account, **fields}


def keep_books(pair):
    """A month or two of everything that is hard to copy."""
    pair.call("PUT", "Currencies", {"Code": "USD"})
    pair.call(
        "PUT",
        "Accounts",
        {
            "Code": "091",
            "Name": "Savings",
            "Type": "BANK",
            "BankAccountNumber": "0109000123456701",
        },
    )
    pair.call("PUT", "Accounts", {"Code": "205", "Name": "Cakes", "Type": "REVENUE"})
    levy = [{"Name": "GST", "Rate": "15"}, {"Name": "Levy", "Rate": "2", "IsCompound": True}]
    pair.put("TaxRates", {"Name": "GST and levy", "TaxComponents": levy})
    options = [{"Name": "North"}, {"Name": "South"}]
    region = pair.call("PUT", "TrackingCategories", {"Name": "Region", "Options": options})
    region = region["TrackingCategories"][0]
    contacts = pair.call(
        "PUT",
        "Contacts",
        {
            "Contacts": [
                {"Name": "Ana", "ContactNumber": "C1", "EmailAddress": "ana@example.com"},
                {"Name": "Mill & Söhne", "DefaultCurrency": "USD"},
                {"Name": "Gone Café"},
            ]
        },
    )["Contacts"]
    group = pair.put("ContactGroups", {"Name": "Daily"})
    ana = {"ContactID": contacts[0]["ContactID"]}
    mill = {"ContactID": contacts[1]["ContactID"]}
    pair.below(f"ContactGroups/{group['ContactGroupID']}/Contacts", "Contacts", ana)
    _items(pair)
    north = [{"Name": "Region", "Option": "North"}]
    sale = {"Type": "ACCREC", "Contact": ana, "Date": "2026-03-10", "Status": "AUTHORISED"}
    pair.put(
        "Invoices",
        {
            **sale,
            "InvoiceNumber": "INV-1",
            "Reference": "Order 17",
            "LineItems": [
                line("33.3333", Quantity="3", DiscountRate="7.5", Tracking=north),
                line("480", "260", TaxType="TAX001"),
                {"Description": "Thank you for trading with us."},
            ],
        },
    )
    # Xero works the unit amount out, and would not take it back beside this line amount.
    odd = {"Description": "Bulk", "Quantity": "1000", "LineAmount": "100.05", "AccountCode": "205"}
    pair.put("Invoices", {**sale, "InvoiceNumber": "INV-2", "LineItems": [odd]})
    pair.put("Invoices", {**sale, "InvoiceNumber": "INV-3", "Status": "DRAFT",
                          "LineItems": [line("5")]})  # fmt: skip
    void = pair.put("Invoices", {**sale, "InvoiceNumber": "INV-4", "LineItems": [line("9")]})
    pair.post("Invoices", {"InvoiceID": void["InvoiceID"], "Status": "VOIDED"})
    abroad = {
        **sale,
        "InvoiceNumber": "INV-5",
        "Contact": mill,
        "CurrencyCode": "USD",
        "CurrencyRate": "0.6137",
        "LineItems": [line("777.77", TaxType="ZERORATED")],
    }
    abroad = pair.put("Invoices", abroad)
    _stock(pair, ana)
    _money(pair, ana, abroad)
    pair.put("Quotes", {"Contact": ana, "Date": "2026-03-01", "LineItems": [line("70")]})
    quote = pair.put("Quotes", {"Contact": ana, "Date": "2026-03-02", "LineItems": [line("80")]})
    for status in ("SENT", "ACCEPTED"):
        pair.post("Quotes", {"QuoteID": quote["QuoteID"], "Status": status})
    order = {"Contact": mill, "Date": "2026-03-02", "Status": "AUTHORISED", "CurrencyCode": "USD"}
    pair.put("PurchaseOrders", {**order, "LineItems": [line("60", "300")]})
    gone = {"ContactID": contacts[2]["ContactID"], "ContactStatus": "ARCHIVED"}
    pair.post("Contacts", gone)
    pair.put("Contacts", {"Name": "Gone Café", "EmailAddress": "back@example.com"})
    south = region["Options"][1]["TrackingOptionID"]
    path = f"TrackingCategories/{region['TrackingCategoryID']}/Options/{south}"
    pair.call("POST", path, {"Status": "ARCHIVED"})


def _items(pair):
    tracked = {
        "Code": "JAR",
        "Name": "Jar",
        "InventoryAssetAccountCode": "630",
        "SalesDetails": {"UnitPrice": "12.50", "AccountCode": "200"},
        "PurchaseDetails": {"UnitPrice": "4.1234", "COGSAccountCode": "310"},
    }
    plain = {
        "Code": "LOAF",
        "Name": "Loaf",
        "SalesDetails": {"UnitPrice": "3", "AccountCode": "200"},
    }
    pair.call("PUT", "Items", {"Items": [tracked, plain]}, params={"unitdp": "4"})


def _stock(pair, contact):
    """Purchases at different prices with a sale between: the average cost hangs on the order."""
    bill = {"Type": "ACCPAY", "Contact": contact, "Status": "AUTHORISED", "InvoiceNumber": "77"}
    sale = {"Type": "ACCREC", "Contact": contact, "Status": "AUTHORISED"}

    def jars(quantity, price=None):
        return {"ItemCode": "JAR", "Quantity": quantity, **({"UnitAmount": price} if price else {})}

    pair.put("Invoices", {**bill, "Date": "2026-03-03", "LineItems": [jars(10, "4.00")]})
    sold = {**sale, "Date": "2026-03-20", "InvoiceNumber": "INV-6", "LineItems": [jars(4)]}
    pair.put("Invoices", sold)
    pair.put("Invoices", {**bill, "Date": "2026-04-01", "LineItems": [jars(10, "7.77")]})
    sold = {**sale, "Date": "2026-04-02", "InvoiceNumber": "INV-7", "LineItems": [jars(9)]}
    pair.put("Invoices", sold)


def _money(pair, contact, abroad):
    bank, savings = {"Code": "090"}, {"Code": "091"}
    pay = {"Account": bank, "Date": "2026-04-02"}
    pair.put("Payments", {**pay, "Invoice": {"InvoiceNumber": "INV-1"}, "Amount": "30.00"})
    part = {"Invoice": {"InvoiceID": abroad["InvoiceID"]}, "Amount": "333.33"}
    pair.put("Payments", {**pay, **part, "CurrencyRate": "0.6201"})
    deleted = pair.put("Payments", {**pay, "Invoice": {"InvoiceNumber": "INV-2"}, "Amount": "1"})
    pair.call("POST", f"Payments/{deleted['PaymentID']}", {"Status": "DELETED"})
    note = pair.put(
        "CreditNotes",
        {
            "Type": "ACCRECCREDIT",
            "Contact": contact,
            "Date": "2026-03-28",
            "Status": "AUTHORISED",
            "LineItems": [line("40")],
        },
    )
    invoice = {"Invoice": {"InvoiceNumber": "INV-1"}, "Amount": "20.00", "Date": "2026-03-29"}
    pair.below(f"CreditNotes/{note['CreditNoteID']}/Allocations", "Allocations", invoice)
    common = {"Contact": contact, "BankAccount": bank, "Date": "2026-03-15"}
    spend = {**common, "Type": "SPEND", "LineItems": [line("11.50", "429")]}
    for _ in range(2):  # the same thing twice, on purpose
        pair.put("BankTransactions", spend)
    early = {**common, "Type": "RECEIVE-PREPAYMENT", "LineItems": [line("115", "620")]}
    early = pair.put("BankTransactions", early)
    used = {"Invoice": {"InvoiceNumber": "INV-2"}, "Amount": "50.00", "Date": "2026-03-30"}
    pair.below(f"Prepayments/{early['PrepaymentID']}/Allocations", "Allocations", used)
    over = {**common, "Type": "RECEIVE-OVERPAYMENT", "LineItems": [{**line("25"), "Quantity": 1}]}
    del over["LineItems"][0]["AccountCode"]
    over = pair.put("BankTransactions", over)
    refund = {"Overpayment": {"OverpaymentID": over["OverpaymentID"]}, "Amount": "25.00"}
    pair.put("Payments", {**pay, **refund})
    bills = [
        pair.put(
            "Invoices",
            {
                "Type": "ACCPAY",
                "InvoiceNumber": "A-1",
                "Contact": contact,
                "Date": "2026-03-05",
                "Status": "AUTHORISED",
                "LineItems": [line(amount, "300")],
            },
        )
        for amount in ("10", "20")
    ]
    parts = [
        {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": bill["Total"]} for bill in bills
    ]
    batch = {"Account": bank, "Date": "2026-03-25", "Reference": "March", "Payments": parts}
    pair.put("BatchPayments", batch)
    moved = {"FromBankAccount": bank, "ToBankAccount": savings, "Amount": "100"}
    pair.put("BankTransfers", {**moved, "Date": "2026-03-26"})
    pair.put(
        "ManualJournals",
        {
            "Narration": "Depreciation",
            "Date": "2026-03-31",
            "Status": "POSTED",
            "JournalLines": [
                {"AccountCode": "416", "LineAmount": "35.80"},
                {"AccountCode": "711", "LineAmount": "-35.80"},
            ],
        },
    )
    balances = [
        {"AccountCode": "090", "Balance": "5000.00"},
        {"AccountCode": "970", "Balance": "-5000.00"},
    ]
    began = {"Month": 2, "Year": 2026}
    pair.call("POST", "Setup", {"ConversionDate": began, "ConversionBalances": balances})
