"""Compares the records of two inventories; nothing here makes a call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from target_xero.books.organisation import SETTINGS
from target_xero.verify.comparison import ADDED, DIFFERS, MISSING, Mismatch
from target_xero.verify.descriptions import ComparableRecord
from target_xero.verify.inventory import NOT_JUDGED, Inventory

_NOT_WRITABLE = "Xero's API cannot create them"
_REMOVED_IN_SOURCE = "removed in the source: voided, deleted or archived"
_REMOVED_IN_TARGET = "removed in the target"
_REMOVED_IN_BOTH = "removed in both"
_OWN_SETTING = "settings that only the target has"
_OWN_DETAILS = "settings that the copy has found in the target and left as they are"


def compare_records(source: Inventory, target: Inventory, *, removed: bool) -> tuple[Mismatch, ...]:
    """The records that are not the same; two of the same label are one that differs.

    Args:
        source: The organisation that was copied.
        target: The copy.
        removed: Whether differences in deleted, voided and archived records count.
    """
    found = list(_mismatches(source, target, removed=removed))
    numbered, number = [], 0
    for mismatch in found:
        number += mismatch.judged
        numbered.append(replace(mismatch, number=number if mismatch.judged else 0))
    return tuple(numbered)


def _mismatches(source: Inventory, target: Inventory, *, removed: bool) -> Iterator[Mismatch]:
    only_source = _grouped(source.records, target.records)
    only_target = _grouped(target.records, source.records)
    for key in sorted(only_source.keys() | only_target.keys()):
        lefts, rights = only_source.get(key, []), only_target.get(key, [])
        for left, right in zip(lefts, rights, strict=False):
            yield _difference(left, right, removed=removed)
        pairs = min(len(lefts), len(rights))
        for record in lefts[pairs:]:
            is_removed = record.is_removed and not removed
            reason = _REMOVED_IN_SOURCE if is_removed else ""
            yield _mismatch(record, MISSING, left_out=_never_copied(record) or reason)
        for record in rights[pairs:]:
            reason = _REMOVED_IN_TARGET if record.is_removed and not removed else ""
            reason = _OWN_SETTING if record.entity in SETTINGS else reason
            yield _mismatch(record, ADDED, left_out=_never_copied(record) or reason)


def _never_copied(record: ComparableRecord) -> str:
    return f"{record.entity}: {_NOT_WRITABLE}" if record.entity in NOT_JUDGED else ""


def _difference(left: ComparableRecord, right: ComparableRecord, *, removed: bool) -> Mismatch:
    """Two records with the same label and different content."""
    reason = _never_copied(left)
    if left.is_removed and right.is_removed and not removed:
        reason = reason or _REMOVED_IN_BOTH
    fields = _changed_fields(left, right)
    if not fields:
        reason = reason or _OWN_DETAILS
        fields = _changed(dict(left.secondary), dict(right.secondary))
    # A draft that was approved in the target is posted only there.
    posted = replace(left, accounts=left.accounts | right.accounts)
    return _mismatch(posted, DIFFERS, fields, left_out=reason)


def _grouped(
    ours: Counter[ComparableRecord], theirs: Counter[ComparableRecord]
) -> dict[tuple[str, str], list[ComparableRecord]]:
    grouped: dict[tuple[str, str], list[ComparableRecord]] = {}
    for record, count in ours.items():
        for _ in range(count - theirs[record]):
            grouped.setdefault((record.entity, record.label), []).append(record)
    return grouped


def _changed_fields(
    left: ComparableRecord, right: ComparableRecord
) -> tuple[tuple[str, str, str], ...]:
    return _changed(
        {"Status": left.status, **dict(left.fields)}, {"Status": right.status, **dict(right.fields)}
    )


def _changed(ours: dict[str, str], theirs: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (name, ours.get(name, ""), theirs.get(name, ""))
        for name in dict.fromkeys((*ours, *theirs))
        if ours.get(name, "") != theirs.get(name, "")
    )


def _mismatch(
    record: ComparableRecord,
    kind: str,
    fields: tuple[tuple[str, str, str], ...] = (),
    *,
    left_out: str,
) -> Mismatch:
    return Mismatch(
        0,
        record.entity,
        record.label,
        kind,
        record.status,
        fields,
        record.day,
        record.amount,
        record.currency,
        record.accounts,
        left_out,
    )
