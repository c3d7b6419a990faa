"""The ledger balances after any sequence of valid writes."""

from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from ledger_strategies import AMOUNT_TYPES, AMOUNTS, QUANTITIES, RATES, lines

from xero_sandbox.companies.presets import empty_company
from xero_sandbox.reports import report
from xero_sandbox.writing import WriteRequest, write

START = datetime(2026, 4, 1, 1, tzinfo=timezone.utc)
ZERO = Decimal(0)
CONTROL_SIGN = {"ACCREC": 1, "ACCPAY": -1, "ACCRECCREDIT": -1, "ACCPAYCREDIT": 1}


class Books(RuleBasedStateMachine):
    """Writes at random, what Xero would take and what it would refuse."""

    def __init__(self):
        super().__init__()
        self.now = START
        self.company = empty_company("2d1c9a3e-6c3c-4c55-9d0c-0c0f5a1b2c3d")
        self.settle_in()

    def send(self, method, path, element=None):
        self.now += timedelta(hours=7)
        request = WriteRequest(
            method,
            tuple(path.split("/")),
            {"summarizeErrors": "false", "allowBackorders": "true"},
            [element] if element is not None else [],
            "Tester",
        )
        return write(self.company, request, self.now)

    def records(self, entity):
        return list(self.company.collections[entity].values())

    def settle_in(self):
        for code in ("USD", "AUD"):
            self.send("PUT", "Currencies", {"Code": code})
        self.send(
            "PUT",
            "TaxRates",
            {
                "Name": "Two and one on top",
                "TaxComponents": [
                    {"Name": "State", "Rate": "6.25"},
                    {"Name": "City", "Rate": "1.75"},
                    {"Name": "Levy", "Rate": "3", "IsCompound": True},
                ],
            },
        )
        self.send(
            "PUT",
            "TaxRates",
            {
                "Name": "Half lost",
                "TaxComponents": [
                    {"Name": "GST", "Rate": "15"},
                    {"Name": "Duty", "Rate": "7", "IsNonRecoverable": True},
                ],
            },
        )
        self.send(
            "PUT",
            "Accounts",
            {"Code": "091", "Name": "Second bank", "Type": "BANK", "BankAccountNumber": "123"},
        )
        self.send(
            "PUT",
            "Accounts",
            {
                "Code": "092",
                "Name": "Dollars",
                "Type": "BANK",
                "BankAccountNumber": "124",
                "CurrencyCode": "USD",
            },
        )
        self.send(
            "PUT",
            "Items",
            {
                "Code": "STOCK",
                "Name": "Stock",
                "InventoryAssetAccountCode": "630",
                "SalesDetails": {"AccountCode": "200"},
                "PurchaseDetails": {"COGSAccountCode": "310"},
            },
        )

    @initialize(
        found=st.lists(lines(sales=True, stock=False), min_size=6, max_size=6),
        currency=st.sampled_from(["NZD", "USD"]),
        rates=st.lists(RATES, min_size=6, max_size=6),
        amount_types=AMOUNT_TYPES,
    )
    def open_with_documents(self, found, currency, rates, amount_types):
        entities = ("Invoices", "Invoices", "Invoices", "CreditNotes", "CreditNotes")
        for entity, items, rate in zip(entities, found[:5], rates[:5], strict=True):
            self.send(
                "PUT",
                entity,
                {
                    "Type": "ACCREC" if entity == "Invoices" else "ACCRECCREDIT",
                    "Contact": {"Name": "Ana"},
                    "LineAmountTypes": amount_types,
                    "CurrencyCode": currency,
                    "CurrencyRate": rate,
                    "LineItems": items,
                    "Status": "AUTHORISED",
                },
            )
        for kind in ("RECEIVE-PREPAYMENT", "RECEIVE-OVERPAYMENT"):
            self.send(
                "PUT",
                "BankTransactions",
                {
                    "Type": kind,
                    "Contact": {"Name": "Ana"},
                    "BankAccount": {"Code": "092" if currency == "USD" else "090"},
                    "CurrencyRate": rates[5],
                    "LineItems": found[5][:1] if kind.endswith("OVERPAYMENT") else found[5],
                },
            )

    def due_in_base_currency(self, kind):
        return [
            item
            for item in self.records("Invoices")
            if item["Status"] == "AUTHORISED" and item["CurrencyCode"] == "NZD"
            if item["Type"] == kind
        ]

    @rule(
        data=st.data(),
        entity=st.sampled_from(["Invoices", "CreditNotes"]),
        sales=st.booleans(),
        amount_types=AMOUNT_TYPES,
        currency=st.sampled_from(["NZD", "NZD", "USD", "AUD"]),
        status=st.sampled_from(["DRAFT", "AUTHORISED", "AUTHORISED"]),
    )
    def make_document(self, data, entity, sales, amount_types, currency, status):
        kind = "ACCREC" if sales else "ACCPAY"
        element = {
            "Type": kind if entity == "Invoices" else f"{kind}CREDIT",
            "Contact": {"Name": data.draw(st.sampled_from(["Ana", "Ben"]))},
            "LineAmountTypes": amount_types,
            "CurrencyCode": currency,
            "LineItems": data.draw(lines(sales=sales)),
            "Status": status,
        }
        if currency != "NZD" and data.draw(st.booleans()):
            element["CurrencyRate"] = data.draw(RATES)
        self.send("PUT", entity, element)

    def pick(self, data, *entities, status="AUTHORISED"):
        found = [
            (entity, record)
            for entity in entities
            for record in self.records(entity)
            if record.get("Status") == status
        ]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(data=st.data(), part=st.sampled_from([1, 1, 2, 3, 7]), rate=st.none() | RATES)
    def pay(self, data, part, rate):
        picked = self.pick(data, "Invoices", "CreditNotes", "Prepayments", "Overpayments")
        if picked is None:
            return
        entity, record = picked
        left = record["AmountDue" if entity == "Invoices" else "RemainingCredit"]
        name = entity[:-1]
        payment = {
            name: {f"{name}ID": record[f"{name}ID"]},
            "Account": {"Code": "092" if record["CurrencyCode"] == "USD" else "091"},
            "Amount": max((left / part).quantize(Decimal("0.01")), Decimal("0.01")),
        }
        if rate is not None:
            payment["CurrencyRate"] = rate
        self.send("PUT", "Payments", payment)

    @precondition(lambda self: self.due_in_base_currency("ACCREC"))
    @rule()
    def pay_in_a_batch(self):
        self.send(
            "PUT",
            "BatchPayments",
            {
                "Account": {"Code": "090"},
                "Payments": [
                    {"Invoice": {"InvoiceID": item["InvoiceID"]}, "Amount": item["AmountDue"]}
                    for item in self.due_in_base_currency("ACCREC")[:3]
                ],
            },
        )

    @rule(data=st.data(), entity=st.sampled_from(["Payments", "BatchPayments"]))
    def delete_payment(self, data, entity):
        picked = self.pick(data, entity)
        if picked is not None:
            _, record = picked
            self.send("POST", f"{entity}/{record[f'{entity[:-1]}ID']}", {"Status": "DELETED"})

    @rule(data=st.data(), part=st.sampled_from([1, 1, 2, 5]))
    def allocate(self, data, part):
        picked = self.pick(data, "CreditNotes", "Prepayments", "Overpayments")
        if picked is None:
            return
        entity, credit = picked
        credit_id = credit[f"{entity[:-1]}ID"]
        mates = [
            item
            for item in self.records("Invoices")
            if item["Status"] == "AUTHORISED"
            and item["CurrencyCode"] == credit["CurrencyCode"]
            and item["Contact"]["ContactID"] == credit["Contact"]["ContactID"]
        ]
        if not mates:
            return
        invoice = data.draw(st.sampled_from(mates))
        most = min(credit["RemainingCredit"], invoice["AmountDue"])
        amount = max((most / part).quantize(Decimal("0.01")), Decimal("0.01"))
        element = {"Amount": amount, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
        self.send("PUT", f"{entity}/{credit_id}/Allocations", element)

    @rule(data=st.data())
    def take_allocation_off(self, data):
        found = [
            (entity, record[f"{entity[:-1]}ID"], allocation["AllocationID"])
            for entity in ("CreditNotes", "Prepayments", "Overpayments")
            for record in self.records(entity)
            for allocation in record["Allocations"]
        ]
        if found:
            entity, record_id, allocation_id = data.draw(st.sampled_from(found))
            self.send("DELETE", f"{entity}/{record_id}/Allocations/{allocation_id}")

    @rule(
        data=st.data(),
        kind=st.sampled_from(["RECEIVE", "SPEND", "RECEIVE-PREPAYMENT", "SPEND-OVERPAYMENT"]),
        bank=st.sampled_from(["090", "092"]),
        amount_types=AMOUNT_TYPES,
    )
    def bank_transaction(self, data, kind, bank, amount_types):
        found = data.draw(
            lines(sales=kind.startswith("RECEIVE"), stock=kind in {"SPEND", "RECEIVE"})
        )
        self.send(
            "PUT",
            "BankTransactions",
            {
                "Type": kind,
                "Contact": {"Name": data.draw(st.sampled_from(["Ana", "Ben"]))},
                "BankAccount": {"Code": bank},
                "LineAmountTypes": amount_types,
                "LineItems": found[:1] if kind.endswith("OVERPAYMENT") else found,
            },
        )

    @rule(amount=AMOUNTS, to_bank=st.sampled_from(["091", "092"]))
    def transfer(self, amount, to_bank):
        element = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": to_bank}}
        self.send("PUT", "BankTransfers", {**element, "Amount": amount})

    @rule(amount=AMOUNTS, tax=st.sampled_from(["NONE", "INPUT2", "TAX002"]))
    def manual_journal(self, amount, tax):
        lines_sent = [
            {"AccountCode": "429", "LineAmount": amount, "TaxType": tax},
            {"AccountCode": "620", "LineAmount": -amount, "TaxType": "NONE"},
        ]
        element = {"Narration": "x", "JournalLines": lines_sent, "Status": "POSTED"}
        self.send("PUT", "ManualJournals", {**element, "LineAmountTypes": "Inclusive"})

    @rule(
        data=st.data(),
        entity=st.sampled_from(
            ["Invoices", "CreditNotes", "BankTransactions", "BankTransfers", "ManualJournals"]
        ),
        status=st.sampled_from(["VOIDED", "DELETED", "AUTHORISED"]),
    )
    def change_status(self, data, entity, status):
        records = self.records(entity)
        if records:
            id_field = f"{entity[:-1]}ID"
            record = data.draw(st.sampled_from(records))
            self.send("POST", entity, {id_field: record[id_field], "Status": status})

    @precondition(lambda self: self.company.collections["Invoices"])
    @rule(data=st.data(), days=st.integers(-40, 40), quantity=QUANTITIES)
    def edit_invoice(self, data, days, quantity):
        record = data.draw(st.sampled_from(self.records("Invoices")))
        first = record["LineItems"][0]["LineItemID"]
        element = {
            "InvoiceID": record["InvoiceID"],
            "Date": (record["Date"] + timedelta(days=days)).isoformat(),
            "LineItems": [
                {"LineItemID": first, "Quantity": quantity},
                *data.draw(lines(sales=record["Type"] == "ACCREC")),
            ],
        }
        self.send("POST", "Invoices", element)

    @invariant()
    def every_journal_balances(self):
        for journal in self.records("Journals"):
            assert sum(line["NetAmount"] for line in journal["JournalLines"]) == 0

    @invariant()
    def control_accounts_are_what_documents_leave_open(self):
        balances = defaultdict(Decimal)
        for journal in self.records("Journals"):
            for line in journal["JournalLines"]:
                balances[line["AccountCode"]] += line["NetAmount"]
        expected = {"610": ZERO, "800": ZERO}
        for entity, field in (
            ("Invoices", "AmountDue"),
            ("CreditNotes", "RemainingCredit"),
            ("Overpayments", "RemainingCredit"),
        ):
            for record in self.records(entity):
                if record["Status"] not in {"AUTHORISED", "PAID"}:
                    continue
                receivable = record["Type"].startswith(("ACCREC", "RECEIVE"))
                sign = 1 if receivable == (entity == "Invoices") else -1
                base = (record[field] / record["CurrencyRate"]).quantize(
                    Decimal("0.01"), "ROUND_HALF_UP"
                )
                expected["610" if receivable else "800"] += sign * base
        assert {code: balances[code] for code in expected} == expected

    @invariant()
    def the_stock_account_is_what_the_items_cost(self):
        balance = sum(
            line["NetAmount"]
            for journal in self.records("Journals")
            for line in journal["JournalLines"]
            if line["AccountCode"] == "630"
        )
        (item,) = self.records("Items")
        assert item["TotalCostPool"] == balance

    @invariant()
    def amounts_of_documents_add_up(self):
        for record in self.records("Invoices"):
            if record["Status"] in {"AUTHORISED", "PAID"}:
                settled = record["AmountPaid"] + record["AmountCredited"]
                assert record["Total"] == record["AmountDue"] + settled
                assert record["AmountDue"] >= 0
                assert record["AmountPaid"] == sum(item["Amount"] for item in record["Payments"])
            assert record["Total"] == record["SubTotal"] + record["TotalTax"]

    def teardown(self):
        today = date(2026, 11, 30)
        for basis in ("false", "true"):
            rows = report(self.company, "TrialBalance", {"paymentsOnly": basis}, today)["Rows"]
            total = [cell["Value"] for cell in rows[-1]["Rows"][0]["Cells"]]
            assert total[1] == total[2]
            assert total[3] == total[4]
            sheet = report(self.company, "BalanceSheet", {"paymentsOnly": basis}, today)["Rows"]
            lasting = {
                row["Cells"][0]["Value"]: row["Cells"][1]["Value"]
                for section in sheet[1:]
                for row in section["Rows"]
            }
            assert lasting["Net Assets"] == lasting["Total Equity"]


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=50,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
