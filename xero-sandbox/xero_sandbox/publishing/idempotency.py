"""Idempotency-Key: the same request within six minutes gets the first one's answer (xero-facts.md: Idempotency)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from xero_sandbox.answers import Answer, Refused, exception
from xero_sandbox.calls import Call
from xero_sandbox.clock import Clock

KEPT = timedelta(minutes=6)
MAX_KEY = 128
_METHODS = frozenset({"POST", "PUT", "PATCH"})


@dataclass
class _Entry:
    fingerprint: bytes
    since: datetime
    answer: Answer | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class IdempotencyStore:
    """Answers by app and key."""

    clock: Clock
    _entries: dict[tuple[str, str], _Entry] = field(default_factory=dict)

    async def once(self, call: Call, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Does the work of a call unless its key has an answer already.

        A repeat that comes while the first is being answered waits for it. Refusals by the work
        are kept like successes; a call that fails before its work has begun leaves no trace.

        Args:
            call: the call, its app known.
            work: does it; sets ``worked`` on the call when the organisation has been asked.

        Raises:
            Refused: 400 for a key that is too long, or is that of a different request.
        """
        key = call.headers.get("idempotency-key", "")
        if not key or call.method not in _METHODS:
            return await work()
        if len(key) > MAX_KEY:
            message = f"Idempotency Key: {key} is longer than {MAX_KEY} characters."
            raise exception(400, "ValidationException", 10, message)
        place = (call.client_id, key)
        fingerprint = _fingerprint(call)
        while (entry := self._current(place)) is not None:
            if entry.fingerprint != fingerprint:
                message = f"Idempotency Key: {key} is used with a different request."
                raise exception(400, "ValidationException", 10, message)
            await entry.done.wait()
            if entry.answer is not None:
                call.notes["idempotent_replay"] = "true"
                return deepcopy(entry.answer)
        self._forget_expired()
        entry = self._entries[place] = _Entry(fingerprint, self.clock.now())
        try:
            answer = await work()
        except Refused as refusal:
            if call.worked:
                entry.answer = deepcopy(refusal.answer)
            raise
        else:
            entry.answer = deepcopy(answer)
            return answer
        finally:
            if entry.answer is None:
                self._entries.pop(place, None)
            entry.done.set()

    def _forget_expired(self) -> None:
        """Drops keys of more than six minutes ago, so that a long run does not pile them up."""
        now = self.clock.now()
        for place in [one for one, kept in self._entries.items() if now >= kept.since + KEPT]:
            del self._entries[place]

    def _current(self, place: tuple[str, str]) -> _Entry | None:
        entry = self._entries.get(place)
        if entry is not None and self.clock.now() >= entry.since + KEPT:
            del self._entries[place]
            return None
        return entry


def _fingerprint(call: Call) -> bytes:
    parts = (call.method, call.path, repr(sorted(call.query.items())), call.tenant_id)
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + call.body).digest()
