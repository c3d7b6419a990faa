"""In which turn each payment and allocation goes, so that a document's own come in their order."""

from __future__ import annotations

from collections.abc import Iterable


def turns_of(settlements: Iterable[tuple[int, str, tuple[str, ...]]]) -> dict[int, int]:
    """The turn of each settlement: after all earlier ones of the documents that it touches.

    What settles a document in a foreign currency rounds by what is left of it, so that the order
    of a document's settlements must stay; those of different documents may go together.

    Args:
        settlements: Step, day, and the documents that it touches; in any order.

    Returns:
        The turn by step, counted from 0.
    """
    last: dict[str, int] = {}
    turns = {}
    for step, _, touches in sorted(settlements, key=lambda one: (one[1], one[0])):
        turn = max((last.get(document, -1) for document in touches), default=-1) + 1
        turns[step] = turn
        last.update(dict.fromkeys(touches, turn))
    return turns
