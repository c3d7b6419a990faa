"""Empty organisations of other countries: their tax rates, and the rules for new ones."""

from datetime import datetime, timezone

import pytest

from xero_sandbox.companies.presets import build_companies
from xero_sandbox.reading.organisations import organisation_record
from xero_sandbox.writing.dispatch import write
from xero_sandbox.writing.shared.request import WriteRequest

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
LEVY = {"Name": "Levy", "TaxComponents": [{"Name": "Levy", "Rate": "3"}]}


def company(name):
    return build_companies([name])[0]


def sent(organisation, entity, record):
    request = WriteRequest("PUT", (entity,), {"summarizeErrors": "false"}, [record], "Tester")
    [result] = write(organisation, request, NOW).results
    return result


@pytest.mark.parametrize(
    ("name", "country", "version", "currency"),
    [
        ("empty", "NZ", "NZ", "NZD"),
        ("empty:AU", "AU", "AU", "AUD"),
        ("empty:GB", "GB", "UK", "GBP"),
        ("empty:US:NZD", "US", "US", "NZD"),
    ],
)
def test_an_empty_organisation_says_its_country_and_base_currency(name, country, version, currency):
    record = organisation_record(company(name))

    assert record["CountryCode"] == country
    assert record["Version"] == version
    assert record["BaseCurrency"] == currency


@pytest.mark.parametrize("name", ["nobody", "empty:XX", "empty:AU:XXX", "demo:AU", "empty:"])
def test_a_company_that_there_is_not_is_refused(name):
    with pytest.raises(ValueError, match="unknown company"):
        build_companies([name])


@pytest.mark.parametrize("name", ["empty", "empty:AU", "empty:GB", "empty:US"])
def test_every_account_has_a_tax_type_of_its_organisation(name):
    collections = company(name).collections

    types = {account["TaxType"] for account in collections["Accounts"].values()}
    assert types <= collections["TaxRates"].keys()


def test_how_an_own_rate_is_reported_must_be_said_in_australia_and_must_not_in_the_us():
    australian, american = company("empty:AU"), company("empty:US")

    assert "ReportTaxType" in sent(australian, "TaxRates", LEVY).errors[0]
    assert sent(australian, "TaxRates", {**LEVY, "ReportTaxType": "NONE"}).errors
    made = sent(australian, "TaxRates", {**LEVY, "ReportTaxType": "INPUT"})
    assert not made.errors
    assert made.record["CanApplyToExpenses"]
    assert not made.record["CanApplyToRevenue"]
    assert sent(american, "TaxRates", {**LEVY, "ReportTaxType": "INPUT"}).errors
    assert not sent(american, "TaxRates", LEVY).errors


def test_australia_takes_none_for_what_it_has_instead():
    lines = [{"AccountCode": code, "LineAmount": amount, "TaxType": "NONE"}
             for code, amount in (("429", "5"), ("880", "-5"))]  # fmt: skip
    journal = {"Narration": "Own", "Date": "2026-02-01", "JournalLines": lines}
    made = sent(company("empty:AU"), "ManualJournals", journal)

    types = [line["TaxType"] for line in made.record["JournalLines"]]
    assert types == ["EXEMPTEXPENSES", "BASEXCLUDED"]
