"""The users who consent: each has connections and tokens of its own (xero-facts.md: OAuth)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class User:
    """A user of Xero.

    Attributes:
        user_id: The id in tokens (``xero_userid``).
        email: The address with which the user logs in.
    """

    user_id: str
    email: str
    given_name: str
    family_name: str


FIRST = User("5b3d1e2a-6f0c-4a53-9d57-0c1f7c7f2f11", "sandbox.user@example.com", "Sandbox", "User")


def preset_users(number: int) -> tuple[User, ...]:
    """So many users; they are the same in every sandbox."""
    others = (
        User(
            str(uuid.uuid5(uuid.UUID(FIRST.user_id), str(each))),
            f"sandbox.user.{each}@example.com",
            "Sandbox",
            f"User {each}",
        )
        for each in range(2, number + 1)
    )
    return (FIRST, *others)
