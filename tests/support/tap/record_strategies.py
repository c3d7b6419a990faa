"""Hypothesis strategies for records of a schema, with all the oddities that Xero's can have."""

from hypothesis import strategies as st
from reference_converter import kind_of
from singer_sdk.singerlib import SelectionMask

UNKNOWN_NAMES = ["Colour", "Shape"]

milliseconds = st.integers(-62135596800000, 253402300799999)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str),
    st.integers().map(str),
    st.text(max_size=5),
    milliseconds.map("/Date({})/".format),
    milliseconds.map("/Date({}+0000)/".format),
    milliseconds.map("/Date({}-0800)/".format),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds")),
    st.datetimes().map(lambda moment: f"{moment.isoformat(timespec='microseconds')}0Z"),
    st.dates().map(str),
    st.sampled_from(
        ["/Date(x)/", "2019-08", "2019-02-30T00:00:00", "1,000.00", "1e2", "NaN", "true"]
    ),
)
moments = st.one_of(
    milliseconds.map("/Date({})/".format),
    milliseconds.map("/Date({}+0000)/".format),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds")),
)
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=4)
FITTING = {
    "string": st.text(max_size=5) | st.integers() | numbers,
    "number": numbers | st.integers() | numbers.map(str),
    "integer": st.integers() | st.integers().map(str),
    "boolean": st.booleans() | st.sampled_from(["true", "false"]),
    "date": moments,
    "date-time": moments,
}
oddities = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.just("x"), scalars)


def values_of(schema):
    if kind_of(schema) == "object":
        return records_of(schema)
    if kind_of(schema) == "array":
        return st.lists(values_of(schema["items"]) | st.none(), max_size=3)
    return scalars


def records_of(schema):
    unknown = st.tuples(
        st.sampled_from(UNKNOWN_NAMES),
        scalars | st.dictionaries(st.sampled_from(UNKNOWN_NAMES), scalars, max_size=2),
    )
    members = [
        st.tuples(st.just(name), st.one_of(*[values_of(member)] * 5, oddities))
        for name, member in schema["properties"].items()
    ]
    return st.lists(st.one_of(*members, unknown), max_size=4).map(dict)


def fitting_values_of(schema):
    """Values of the right type, in each form in which Xero writes them."""
    kind = kind_of(schema)
    if kind == "object":
        return fitting_records_of(schema) | st.none()
    if kind == "array":
        return st.lists(fitting_values_of(schema["items"]), max_size=3) | st.none()
    return FITTING[schema.get("format", kind)] | st.none()


def fitting_records_of(schema):
    members = [
        st.tuples(st.just(name), fitting_values_of(member))
        for name, member in schema["properties"].items()
    ]
    return st.lists(st.one_of(*members), max_size=6).map(dict)


def breadcrumbs_of(schema, crumb=()):
    for name in [*schema["properties"], *UNKNOWN_NAMES]:
        nested = (*crumb, "properties", name)
        yield nested
        if "properties" in (member := schema["properties"].get(name, {})):
            yield from breadcrumbs_of(member, nested)
        elif not member:
            yield from ((*nested, "properties", unknown) for unknown in UNKNOWN_NAMES)


def masks_of(schema):
    """Selections of some properties at any depth, but not inside arrays."""
    crumbs = st.sampled_from([*breadcrumbs_of(schema)])
    return st.dictionaries(crumbs, st.booleans(), max_size=8).map(SelectionMask)
