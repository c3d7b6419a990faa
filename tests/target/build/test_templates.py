"""Templates of settings: exact decimals, bounds in time and size, and errors with their place."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from target_runner import config_in, publish, record, run_with, schema

from target_xero.build.records import InvalidRecordError
from target_xero.build.templates.rendering import fields_read, render

pytestmark = pytest.mark.fast

RECORD = {
    "amount": Decimal("2.2"),
    "count": 3,
    "text": "1234.50",
    "name": "Ana",
    "lines": [{"net": Decimal("1.1")}, {"net": Decimal("2.2")}],
}


def rendered(template):
    return render(template, RECORD, "streams.orders.payload")


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{ record.amount * 1.15 }}", Decimal("2.53")),
        ("{{ record.count * 1.1 }}", Decimal("3.3")),
        ("{{ record.count / 2 }}", Decimal("1.5")),
        ("{{ record.count + 1 }}", 4),
        ("{{ record.text | number * 2 }}", Decimal(2469)),
        ("{{ record.text | float + 0.1 }}", Decimal("1234.6")),
        ("{{ record.lines | sum(attribute='net') }}", Decimal("3.3")),
        ("{{ (record.amount / 16) | round(2) }}", Decimal("0.14")),
        ("{{ 2.345 | round(2) }}", Decimal("2.35")),
        ("{{ record.amount == 2.20 and record.amount < 3 }}", True),
        ("{{ record.lines }}", RECORD["lines"]),
        ("{{ record.name ~ ' ' ~ 0.10 * 3 }}", "Ana 0.3"),
        ("Total {{ 1000.0 * 1000 }}", "Total 1000000.0"),
        ("{{ record.lines | tojson }}", '[{"net":1.1},{"net":2.2}]'),
        ("{% for x in record.lines %}{{ loop.index }}:{{ x.net }} {% endfor %}", "1:1.1 2:2.2 "),
    ],
)  # fmt: skip
def test_numbers_are_exact_decimals(template, value):
    assert rendered(template) == value
    assert type(rendered(template)) is type(value)


@given(st.decimals(-(10**9), 10**9, places=4), st.decimals(-(10**4), 10**4, places=2))
def test_a_product_with_a_literal_is_exact(amount, factor):
    literal = f"({factor:f})"
    assert render(f"{{{{ record.x * {literal} }}}}", {"x": amount}, "s") == amount * factor


DOUBLED = "{% set x = 'aaaaaaaaaaaaaaaa' %}" + "{% set x = x ~ x %}" * 60 + "{{ x }}"


@pytest.mark.parametrize(
    ("value", "zone", "day"),
    [
        (1767225600, "", "2026-01-01"),
        (1767225599, "", "2025-12-31"),
        ("1767225599", "", "2025-12-31"),
        (Decimal("1767225599.5"), "", "2025-12-31"),
        (1767225599, "('Pacific/Auckland')", "2026-01-01"),
        (-1_000_000_000, "", "1938-04-24"),
        ("2026-01-31T11:30:00Z", "('Pacific/Auckland')", "2026-02-01"),
        ("2026-01-31 23:30:00-05:00", "", "2026-02-01"),
        ("2026-01-31T23:30:00-05:00", "('America/New_York')", "2026-01-31"),
        ("2026-01-31", "", "2026-01-31"),
        ("2026-01-31", "('America/New_York')", "2026-01-31"),
        ("2026-01-31T23:30:00-05:00[America/New_York]", "", "2026-02-01"),
    ],
)
def test_the_day_of_an_instant(value, zone, day):
    template = f"{{{{ record.at | date{zone} }}}}"
    assert render(template, {"at": value}, "streams.orders.payload") == day


@pytest.mark.parametrize(
    ("value", "zone", "problem"),
    [
        (1767225600000, "", "divide milliseconds by 1000"),
        (20260131, "", "20260131 is not a time in seconds"),
        (46053, "", "46053 is not a time in seconds"),
        ("soon", "", "'soon' is not a time"),
        (None, "", "'None' is not a time"),
        (1767225600, "('Auckland')", "'Auckland' is not a time zone like Pacific/Auckland"),
        (1767225600, "('../etc/passwd')", "is not a time zone"),
    ],
)
def test_what_is_not_an_instant_is_an_error(value, zone, problem):
    with pytest.raises(InvalidRecordError, match=problem):
        render(f"{{{{ record.at | date{zone} }}}}", {"at": value}, "streams.orders.payload")


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' * 9999999999 }}",
        "{{ [1] * 9999999999 }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ '{:>{}}'.format(1, 999999999) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%*d' % (999999999, 1) }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ 'a'.zfill(999999999) }}",
        "{{ 'aaaa' | replace('a', 'b' * 300000) }}",
        "{{ 'aaaa'.replace('a', 'b' * 300000) }}",
        "{{ ','.join(['a' * 900000] + ['a' * 900000]) }}",
        "{{ 10 ** 999999 }}",
        "{{ 9 ** 99 ** 9 }}",
        "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
        "{% for a in range(999999999) %}x{% endfor %}",
        "{% set x = 'a' * 999999 %}{% for a in range(9999) %}{{ x }}{% endfor %}",
        "{{ ('a' * 999999).join('b' * 999999) }}",
        "{{ ('a' * 9999).join(('b,' * 9999).split(',') | map('upper')) }}",
        "{{ ('{0}' * 3000).format('a' * 999999) }}",
        "{{ ('%s' * 3) % ('a' * 999999, 'b', 'c') }}",
        "{{ ('%s' * 3) | format('a' * 999999, 'b', 'c') }}",
        "{{ ('a' * 999999).translate({97: 'a' * 999999}) }}",
        "{{ record.count.to_bytes(999999999, 'big') }}",
        "{{ ('f' * 4000) | int(base=16) }}",
        "{{ ('a ' * 499999) | groupby('x') }}",
        "{{ ('a,' * 499999).split(',') | map('replace', '', 'b' * 9999) | list }}",
        DOUBLED,
    ],
)
def test_a_template_that_makes_too_much_is_an_error(template):
    with pytest.raises(InvalidRecordError, match="cannot be rendered"):
        rendered(template)


@pytest.mark.parametrize(
    "template",
    [
        "{{ '{a}'.format() }}",
        "{{ record.count / 0 }}",
        "{{ record.nothing }}",
        "{{ record.name + 1 }}",
        "{{ record.name | number }}",
        "{{ record.__class__ }}",
        "{{ record.lines[7].net }}",
    ],
)
def test_any_other_fault_of_a_template_is_an_error_that_names_its_setting(template):
    with pytest.raises(InvalidRecordError, match=r"of streams\.orders\.payload cannot be rendered"):
        rendered(template)


def test_the_columns_that_templates_read_are_known():
    payload = {"A": "{{ record.x + record['y'] }}", "B": ["{{ record.get('z') }}", "record.no"]}
    assert fields_read(payload) >= {"x", "y", "z"}
    assert "no" not in fields_read(payload)


def test_an_error_names_stream_setting_and_record(tmp_path, xero):
    streams = {"orders": {"entity": "Contacts", "payload": {"Name": "{{ record.first + 1 }}"}}}
    messages = [schema("orders", key=["id"]), record("orders", id=7, first="Ana")]
    run = publish(tmp_path, xero, messages, streams=streams)
    [result] = run.results
    assert (result["status"], result["stream"], result["key"]) == ("invalid", "orders", {"id": 7})
    assert "streams.orders.payload.Name" in result["errors"][0]


@pytest.mark.parametrize(
    "template",
    [
        "{% set x %}a{% endset %}",
        "{% filter upper %}a{% endfilter %}",
        "{{ 1 + }}",
        "{{ record.x | nofilter }}",
        "{% macro f() %}{% endmacro %}",
    ],
)
def test_a_template_that_is_not_valid_is_refused_before_any_call(tmp_path, xero, template):
    streams = {"contacts": {"payload": {"Name": template}}}
    config = config_in(tmp_path, xero, streams=streams)
    run = run_with(config, tmp_path, [schema("contacts"), record("contacts", x=1)])
    assert run.exit_code == 1
    assert "'streams.contacts.payload'" in run.last_line
    assert xero.log == []
