"""Matching the tax rates of two organisations, and creating a rate in another country."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_xero.copy.mapping.regions import Regions, regions_between
from target_xero.lookup.tax_rates import (
    MAX_NAME_LENGTH,
    candidate_names,
    equivalent_rate,
    free_name,
    is_user_defined,
    named_as_copied,
    report_tax_type,
)
from xero_client.errors import SettingsError

pytestmark = pytest.mark.fast


def rate(name, percent, tax_type="TAX001", *, components=None, **fields):
    parts = [{"Name": "GST", "Rate": percent}] if components is None else components
    return {"Name": name, "TaxType": tax_type, "TaxComponents": parts, **fields}


def found(sought, *there):
    stands = equivalent_rate(sought, there)
    return stands and stands["TaxType"]


def test_a_rate_with_the_same_name_matches_only_if_its_percentage_is_the_same():
    income = rate("GST on Income", "15.0000", "OUTPUT2")

    assert found(income, rate("gst on income", 15, "TAX007")) == "TAX007"
    assert found(income, rate("GST on Income", 10, "OUTPUT")) is None


def test_the_same_percentage_of_other_components_is_another_rate():
    parts = [{"Name": "GST", "Rate": 5}, {"Name": "PST", "Rate": 7}]
    swapped = [{"Name": "GST", "Rate": 7}, {"Name": "PST", "Rate": 5}]
    both = rate("Both", 12, components=parts)

    assert found(both, rate("Both", 12, components=parts[::-1])) == "TAX001"
    assert found(both, rate("Both", 12, components=swapped)) is None
    assert found(both, rate("Both", 12)) is None


def test_a_single_component_may_be_called_anything():
    vat = rate("Import", 0, "TAX002", components=[{"Name": "VAT", "Rate": 0}])

    assert found(rate("Import", 0), vat) == "TAX002"


def test_a_default_rate_with_another_name_is_found_by_its_type():
    exempt = rate("Exempt Income", 0, "EXEMPTOUTPUT")

    assert found(exempt, rate("GST Free Income", 0, "EXEMPTOUTPUT")) == "EXEMPTOUTPUT"
    assert found(rate("Sales", 20, "OUTPUT2"), rate("Income", 15, "OUTPUT2")) is None


def test_types_of_user_defined_rates_do_not_match_in_another_organisation():
    assert found(rate("Levy", 3, "TAX001"), rate("Duty", 3, "TAX001")) is None
    assert is_user_defined("TAX001")
    assert not is_user_defined("TXCA")


def test_no_tax_is_bas_excluded_in_australia():
    excluded = rate("BAS Excluded", 0, "BASEXCLUDED")

    assert found(rate("No GST", 0, "NONE"), excluded) == "BASEXCLUDED"
    assert found(excluded, rate("No VAT", 0, "NONE"), rate("Free", 0, "X")) == "NONE"


def test_a_deleted_rate_does_not_match():
    assert found(rate("GST", 15), rate("GST", 15, Status="DELETED")) is None


def test_if_a_name_is_taken_the_percentage_is_added():
    income = rate("GST on Income", "12.5")

    assert free_name(income, set()) == "GST on Income"
    assert free_name(income, {"gst on income"}) == "GST on Income (12.5%)"
    third = free_name(income, {"gst on income", "gst on income (12.5%)"})
    assert third.startswith("GST on Income (12.5% ")
    names = {name.casefold() for name in candidate_names(income)}
    assert free_name(income, names) == "GST on Income 2"
    assert free_name(income, {*names, "gst on income 2"}) == "GST on Income 3"


names = st.text(min_size=1, max_size=80)
percents = st.decimals(0, 100, places=4)


@given(names, percents, st.integers(0, 2))
def test_a_rate_is_found_again_under_each_of_its_candidate_names(name, percent, taken):
    original = rate(name.strip() or "x", percent, "OUTPUT9")
    called = list(candidate_names(original))[taken]
    theirs = {**original, "Name": called, "TaxType": "TAX004"}

    assert list(candidate_names(original)) == list(candidate_names(dict(original)))
    assert equivalent_rate(original, [rate("Other", 101), theirs]) == theirs
    assert taken == 0 or len(called) <= MAX_NAME_LENGTH


@pytest.mark.parametrize(
    ("country", "original", "reported"),
    [
        ("AU", rate("a", 15, "OUTPUT2", ReportTaxType="OUTPUT"), "OUTPUT"),
        ("AU", rate("b", 0, "EXEMPTINPUT", ReportTaxType="EXEMPTINPUT"), "EXEMPTEXPENSES"),
        ("GB", rate("c", 0, "EXEMPTEXPENSES", ReportTaxType="EXEMPTEXPENSES"), "EXEMPTINPUT"),
        ("NZ", rate("d", 10, "CAPEXINPUT", ReportTaxType="CAPITALEXINPUT"), "INPUT"),
        ("AU", rate("e", 8, ReportTaxType="USSALESTAX"), "BASEXCLUDED"),
        ("NZ", rate("f", 8, CanApplyToRevenue=False, CanApplyToExpenses=True), "INPUT"),
        ("GB", rate("g", 0, "ZERORATED", ReportTaxType="NONE"), "EXEMPTOUTPUT"),
        ("US", rate("h", 15, "OUTPUT2", ReportTaxType="OUTPUT"), None),
        ("SG", rate("i", 15, "OUTPUT2", ReportTaxType="OUTPUT"), None),
    ],
)
def test_a_rate_gets_a_report_type_that_its_country_has(country, original, reported):
    assert report_tax_type(original, country) == reported


def test_in_the_same_country_a_rate_keeps_its_report_type():
    payload = {"Name": "Levy", "ReportTaxType": "SOMETHING"}

    assert Regions("NZ", "NZ").localised(rate("Levy", 3), payload, set()) == payload
    assert Regions().localised(rate("Levy", 3), payload, set()) == payload


def test_a_matching_rate_gets_the_name_of_each_rate_only_once():
    here = [rate("BAS Excluded", 0, "BASEXCLUDED"), rate("GST on Income", 10, "OUTPUT")]
    there = [rate("No GST", 0, "NONE"), rate("Nothing", 0, "BASEXCLUDED")]

    called = [named["Name"] for named in named_as_copied(here, there)]
    assert called == ["No GST", "Nothing", "GST on Income"]


def test_another_base_currency_is_rejected_and_another_country_is_not():
    ours = {"Name": "Harbour", "BaseCurrency": "NZD", "CountryCode": "NZ"}

    assert regions_between(ours, {**ours, "CountryCode": "AU"}) == Regions("NZ", "AU")
    with pytest.raises(SettingsError, match="Harbour keeps its books in NZD, Copy in AUD"):
        regions_between(ours, {**ours, "Name": "Copy", "BaseCurrency": "AUD"})


def test_an_organisation_without_a_country_counts_as_one_of_the_same_country():
    assert not regions_between({"CountryCode": "NZ"}, {}).differ
