"""The planner: what a plan keeps, whatever is due, and what a day of plans leads to."""

from collections import Counter

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from xero_fleet.planning.planner import plan
from xero_fleet.planning.rules import (
    BACKFILL,
    CLASSES,
    COLD,
    HOT,
    PUBLISH,
    Candidate,
    Flight,
    Rules,
)
from xero_fleet.planning.simulation import SimulatedOrganisation, Simulation

pytestmark = pytest.mark.fast

RULES = Rules(workers=6, batch_organisations=10)


def candidate(number, work_class=HOT, *, calls=20.0, late=0.0, fresh_within=3600.0, **fields):
    fields = {"pipeline": "warehouse", "grant": "default"} | fields
    return Candidate(
        tenant_id=f"tenant-{number:04}",
        work_class=work_class,
        due_at=-late,
        fresh_within=fresh_within,
        calls=calls,
        **fields,
    )


candidates = st.lists(
    st.builds(
        candidate,
        st.integers(0, 9999),
        st.sampled_from(CLASSES),
        calls=st.floats(1, 3000),
        late=st.floats(-5000, 100_000),
        fresh_within=st.sampled_from([900.0, 3600.0, 86_400.0]),
        grant=st.sampled_from(["a", "b"]),
        pipeline=st.sampled_from(["warehouse", "lake"]),
        day_used=st.floats(0, 5000),
    ),
    max_size=120,
    unique_by=lambda each: each.tenant_id,
)
flights = st.lists(
    st.builds(
        Flight,
        st.sampled_from(CLASSES),
        st.floats(0, 3000),
        st.floats(1, 300),
        is_over=st.booleans(),
    ),
    max_size=4,
)
rules = st.builds(
    Rules,
    app_minute=st.floats(100, 9500),
    workers=st.integers(1, 12),
    batch_organisations=st.integers(1, 50),
)


@given(candidates, flights, rules)
def test_a_plan_keeps_every_limit(due, in_flight, limits):
    by_id = {each.tenant_id: each for each in due}

    batches = plan(0.0, due, in_flight, limits).batches

    planned = [tenant_id for batch in batches for tenant_id in batch.tenant_ids]
    assert len(planned) == len(set(planned))
    flying = sum(not flight.is_over for flight in in_flight)
    assert not batches or len(batches) + flying <= limits.workers
    rates = Counter()
    for flight in in_flight:
        rates[flight.work_class] += flight.rate
    before = Counter(rates)
    for batch in batches:
        members = [by_id[tenant_id] for tenant_id in batch.tenant_ids]
        assert len(members) <= limits.batch_organisations
        assert batch.seconds <= limits.batch_seconds or len(members) == 1
        assert {(each.pipeline, each.grant) for each in members} == {(batch.pipeline, batch.grant)}
        assert len({each.work_class in (HOT, COLD) for each in members}) == 1
        assert all(each.due_at <= 0 for each in members)
        share = 0.9 if batch.work_class == PUBLISH else 0.8
        assert all(each.day_used + min(each.calls, 300) <= share * 5000 for each in members)
        rates[batch.work_class] += Flight(batch.work_class, batch.calls, batch.seconds).rate
    reading = sum(rate for name, rate in rates.items() if name != PUBLISH)
    added = rates - before
    assert not added[BACKFILL] or rates[BACKFILL] <= 0.3 * limits.app_minute * 1.000001
    assert set(added) <= {PUBLISH} or reading <= 0.9 * limits.app_minute * 1.000001
    assert not +added or sum(rates.values()) <= limits.app_minute * 1.000001


@given(candidates, rules)
def test_what_is_due_is_planned_or_counted_as_waiting(due, limits):
    made = plan(0.0, due, [], limits)

    planned = sum(len(batch.tenant_ids) for batch in made.batches)
    assert planned + sum(made.waiting.values()) == sum(each.due_at <= 0 for each in due)


@given(candidates, flights, rules, st.randoms())
def test_the_order_of_what_is_due_changes_nothing(due, in_flight, limits, random):
    mixed = list(due)
    random.shuffle(mixed)

    assert plan(0.0, due, in_flight, limits) == plan(0.0, mixed, in_flight, limits)


def test_the_latest_go_first_counted_in_parts_of_the_time_that_they_have():
    due = [
        candidate(1, COLD, late=7200, fresh_within=86_400),  # a twelfth of its time
        candidate(2, HOT, late=1800, fresh_within=3600),  # half of its time
        candidate(3, HOT, late=60, fresh_within=3600),
    ]

    [batch] = plan(0.0, due, [], RULES).batches

    assert batch.tenant_ids == ("tenant-0002", "tenant-0001", "tenant-0003")


def test_backfills_have_batches_of_their_own():
    due = [candidate(number, BACKFILL if number % 2 else HOT) for number in range(8)]

    batches = plan(0.0, due, [], RULES).batches

    assert sorted((batch.work_class, len(batch.tenant_ids)) for batch in batches) == [
        (BACKFILL, 4),
        (HOT, 4),
    ]


def test_backfills_leave_room_for_what_must_be_fresh():
    due = [candidate(number, BACKFILL, calls=5000, late=1e6) for number in range(200)]
    due += [candidate(1000 + number, HOT) for number in range(10)]
    limits = Rules(app_minute=1000, workers=50)

    made = plan(0.0, due, [], limits)

    assert made.waiting["backfill share"]
    assert sum(batch.work_class == HOT for batch in made.batches) == 1


def test_publishing_gets_through_when_reading_has_used_its_part():
    reading = Flight(HOT, calls=900.0, seconds=60.0)
    limits = Rules(app_minute=1000, workers=5)

    made = plan(0.0, [candidate(1, HOT), candidate(2, PUBLISH)], [reading], limits)

    assert [batch.work_class for batch in made.batches] == [PUBLISH]
    assert made.waiting == {"app minute": 1}


def test_an_organisation_whose_day_is_used_up_waits():
    made = plan(0.0, [candidate(1, day_used=3990), candidate(2, day_used=3970)], [], RULES)

    assert [batch.tenant_ids for batch in made.batches] == [("tenant-0002",)]
    assert made.waiting == {"organisation day": 1}


def test_a_batch_that_ended_within_the_minute_still_counts():
    ended = Flight(HOT, calls=890.0, seconds=10.0, is_over=True)
    limits = Rules(app_minute=1000, workers=1)

    made = plan(0.0, [candidate(1, calls=20.0)], [ended], limits)

    assert made.waiting == {"app minute": 1}


organisations = st.lists(
    st.tuples(
        st.sampled_from([HOT, COLD, BACKFILL]),
        st.integers(3, 60),
        st.integers(100, 2000),  # with its later runs, less than a day's calls
    ),
    min_size=20,
    max_size=150,
).map(
    lambda rows: [
        SimulatedOrganisation(
            f"tenant-{number:04}",
            work_class,
            fresh_within=86_400.0 if work_class == COLD else 3600.0,
            calls=float(calls),
            backfill_calls=float(backfill) if work_class == BACKFILL else 0.0,
        )
        for number, (work_class, calls, backfill) in enumerate(rows)
    ]
)


# A day takes a while, so a failing one is not made smaller.
@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(organisations, st.integers(0, 1000))
def test_a_day_stays_within_the_limits_and_no_class_starves(known, seed):
    limits = Rules(app_minute=700, workers=20)

    day = Simulation(known, limits, seed=seed).run(86_400.0)

    assert max(day.calls_by_minute.values()) <= 700
    assert max(day.calls_by_organisation.values()) <= 0.8 * 5000
    assert not day.late_at_end
    for work_class in (HOT, COLD):
        assert day.age(work_class, 0.99) <= 1.0
    assert sum(each.work_class == BACKFILL for each in known) == 0 or day.runs[BACKFILL]


def test_with_too_few_workers_every_class_is_late_but_none_starves():
    known = [
        SimulatedOrganisation(f"hot-{number}", HOT, fresh_within=900.0, calls=120.0)
        for number in range(50)
    ] + [
        SimulatedOrganisation(f"cold-{number}", COLD, fresh_within=7200.0, calls=120.0)
        for number in range(50)
    ]

    day = Simulation(known, Rules(workers=1), seed=3).run(43_200.0)

    assert day.age(HOT, 0.5) > 1.0
    assert day.age(HOT, 0.99) < 2.5 * day.age(COLD, 0.99)
    assert day.runs[COLD] >= 50
