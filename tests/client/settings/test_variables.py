"""Variables: what their texts mean, by the type of the setting."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xero_client.errors import SettingsError
from xero_client.settings.environment import FALSE, TRUE, settings_from_environment

pytestmark = pytest.mark.fast

PROPERTIES = {
    "flag": {"type": ["boolean", "null"]},
    "count": {"type": "integer"},
    "seconds": {"type": "number"},
    "streams": {"type": ["object", "null"]},
    "ids": {"type": ["array", "null"], "items": {"type": "string"}},
    "name": {"type": ["string", "null"]},
}


def meant(**texts):
    environ = {f"X_{name.upper()}": text for name, text in texts.items()}
    return settings_from_environment(PROPERTIES, "X_", environ)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "7", 7),
        ("count", " 7 ", 7),
        ("seconds", "120", 120),
        ("seconds", "1.5", Decimal("1.5")),
        ("streams", '{"a": {"b": 1}}', {"a": {"b": 1}}),
        ("ids", '["a", "b"]', ["a", "b"]),
        ("ids", "a, b", ["a", "b"]),
        ("ids", "a", ["a"]),
        ("name", " true ", " true "),
        ("name", "{bad", "{bad"),
    ],
)
def test_a_text_becomes_what_its_setting_holds(name, text, value):
    assert meant(**{name: text}) == {name: value}


@pytest.mark.parametrize("spelled", [str.upper, str.lower, str.title])
def test_true_and_false_have_four_words_each(spelled):
    assert [meant(flag=spelled(text))["flag"] for text in TRUE] == [True] * 4
    assert [meant(flag=spelled(text))["flag"] for text in FALSE] == [False] * 4


@given(st.text().filter(lambda text: text.strip().lower() not in (*TRUE, *FALSE, "")))
def test_any_other_text_is_neither_true_nor_false(text):
    with pytest.raises(SettingsError, match=r"X_FLAG .* true, 1, yes, on, or false, 0, no, off"):
        meant(flag=text)


@pytest.mark.parametrize("name", PROPERTIES)
@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_variable_sets_nothing(name, text):
    assert meant(**{name: text}) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("count", "abc"),
        ("count", "1.5"),
        ("count", "1_0"),
        ("count", "true"),
        ("seconds", "soon"),
        ("seconds", "NaN"),
        ("seconds", "Infinity"),
        ("streams", "{bad"),
        ("streams", "[]"),
        ("streams", "7"),
        ("ids", "[1"),
    ],
)
def test_a_text_that_cannot_be_meant_is_named_with_its_variable(name, text):
    with pytest.raises(SettingsError, match=rf"^The variable X_{name.upper()} is .*; set it to "):
        meant(**{name: text})
