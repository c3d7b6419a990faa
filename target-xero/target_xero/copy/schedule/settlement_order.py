"""Orders payments and allocations, so that those of one document keep their order."""

from __future__ import annotations

from collections.abc import Iterable


def settlement_waves(settlements: Iterable[tuple[int, str, tuple[str, ...]]]) -> dict[int, int]:
    """The wave of each settlement: it comes after all earlier ones of the same documents.

    A settlement of a document in a foreign currency is rounded by what is left to pay, so the
    settlements of one document must keep their order. Those of different documents may be sent
    together.

    Args:
        settlements: Step, day, and the ids of the documents that it settles; in any order.

    Returns:
        The wave of each step, counted from 0.
    """
    last_waves: dict[str, int] = {}
    waves = {}
    in_order = sorted(settlements, key=lambda settlement: (settlement[1], settlement[0]))
    for step, _, documents in in_order:
        wave = max((last_waves.get(document, -1) for document in documents), default=-1) + 1
        waves[step] = wave
        last_waves.update(dict.fromkeys(documents, wave))
    return waves
