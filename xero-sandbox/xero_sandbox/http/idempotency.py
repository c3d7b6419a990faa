"""Idempotency-Key: the same request within six minutes gets the first one's response.

(xero-facts.md: Idempotency)
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import HttpError, HttpResponse, exception
from xero_sandbox.model.clock import Clock

LIFETIME = timedelta(minutes=6)
MAX_KEY = 128
_METHODS = frozenset({"POST", "PUT", "PATCH"})


@dataclass
class _Entry:
    fingerprint: bytes
    since: datetime
    response: HttpResponse | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class IdempotencyStore:
    """Responses by app and key."""

    clock: Clock
    _entries: dict[tuple[str, str], _Entry] = field(default_factory=dict)

    async def run_once(
        self, call: Call, work: Callable[[], Awaitable[HttpResponse]]
    ) -> HttpResponse:
        """Carries out a call, unless its key has a response already.

        A repeat that comes while the first call is still running waits for it. Error responses of
        the work are kept like successes. A call that fails before its work starts is not kept.

        Args:
            call: The call, whose app is known.
            work: Carries out the call, and sets its ``work_started``.

        Raises:
            HttpError: 400 for a key that is too long, or that was used with a different request.
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
            if entry.response is not None:
                call.notes["idempotent_replay"] = "true"
                return deepcopy(entry.response)
        self._drop_expired()
        entry = self._entries[place] = _Entry(fingerprint, self.clock.now())
        try:
            response = await work()
        except HttpError as error:
            if call.work_started:
                entry.response = deepcopy(error.response)
            raise
        else:
            entry.response = deepcopy(response)
            return response
        finally:
            if entry.response is None:
                self._entries.pop(place, None)
            entry.done.set()

    def _drop_expired(self) -> None:
        """Drops keys that are older than six minutes, so that they do not pile up."""
        now = self.clock.now()
        expired = [place for place, entry in self._entries.items() if now >= entry.since + LIFETIME]
        for place in expired:
            del self._entries[place]

    def _current(self, place: tuple[str, str]) -> _Entry | None:
        entry = self._entries.get(place)
        if entry is not None and self.clock.now() >= entry.since + LIFETIME:
            del self._entries[place]
            return None
        return entry


def _fingerprint(call: Call) -> bytes:
    parts = (call.method, call.path, repr(sorted(call.query.items())), call.tenant_id)
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + call.body).digest()
