"""A generated collection behaves like a dict of its records, whatever is written to it."""

from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from xero_sandbox.generated.collection import GeneratedCollection
from xero_sandbox.generated.contacts_and_items import contact_generator
from xero_sandbox.generated.generator import Permutation

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
COUNT = 12
steps = st.lists(
    st.tuples(
        st.sampled_from(["edit", "remove", "add", "put back"]),
        st.integers(0, COUNT - 1),
        st.integers(0, 300),
    ),
    max_size=25,
)


def reference_id(collection, reference):
    return collection.generator.id_of(reference) if isinstance(reference, int) else reference


def act(collection, model, made, step):
    action, index, day = step
    own_id = collection.generator.id_of(index)
    changed = {"UpdatedDateUTC": START + timedelta(days=day, milliseconds=len(made))}
    if action == "add":
        own_id = f"{day:08x}-0000-4000-8000-{len(made):012d}"
        made.append(own_id)
        collection[own_id] = model[own_id] = {"ContactID": own_id, "Name": f"New {day}", **changed}
    elif action == "put back" and own_id not in model:
        collection[own_id] = model[own_id] = {"ContactID": own_id, "Name": "Back", **changed}
    elif action == "edit" and own_id in model:
        collection[own_id] = model[own_id] = {**model[own_id], "Name": f"Edited {day}", **changed}
    elif action == "remove" and own_id in model:
        del collection[own_id]
        del model[own_id]
    elif action == "remove" and made and made[-1] in model:
        del collection[made[-1]]
        del model[made[-1]]


@settings(deadline=None)
@given(steps, st.integers(0, 300))
def test_it_is_a_dict_that_knows_its_orders(taken, since_day):
    collection = GeneratedCollection(contact_generator(COUNT, seed=7))
    model = {own_id: collection[own_id] for own_id in collection}
    assert len(model) == COUNT
    made = []
    for step in taken:
        act(collection, model, made, step)
    assert dict(collection) == model
    assert len(collection) == len(model)
    since = START + timedelta(days=since_day)
    for bound in (None, since):
        expected = {
            own_id: record["UpdatedDateUTC"]
            for own_id, record in model.items()
            if bound is None or record["UpdatedDateUTC"] >= bound
        }
        by_id = collection.in_order("id", bound, lambda _record: True)
        assert [reference_id(collection, record) for record in by_id] == sorted(expected)
        by_change = collection.in_order("updated", bound, lambda _record: True)
        assert [reference_id(collection, record) for record in by_change] == sorted(
            expected, key=lambda own_id: (expected[own_id], own_id)
        )
    for record in list(model.values())[:4]:
        found = collection.find("Name", record["Name"].upper())
        assert {each["ContactID"] for each in found} == {
            each["ContactID"] for each in model.values() if each["Name"] == record["Name"]
        }


@given(st.integers(1, 5_000))
def test_the_order_of_change_visits_every_record_once(count):
    places = Permutation.of(count)
    assert sorted(map(places.rank, range(count))) == list(range(count))
    assert all(places.index(places.rank(index)) == index for index in range(0, count, 97))


def test_a_million_records_cost_nothing_until_they_are_asked_for():
    generator = contact_generator(1_000_000, seed=1)
    collection = GeneratedCollection(generator)
    assert len(collection) == 1_000_000
    references = collection.in_order("updated", None, lambda _record: True)
    page = references[999_000:]
    assert len(page) == 1000
    assert generator.index_of(generator.id_of(page[-1])) == page[-1]
    assert collection[generator.id_of(page[-1])]["ContactNumber"] == f"C-{page[-1]:07d}"
