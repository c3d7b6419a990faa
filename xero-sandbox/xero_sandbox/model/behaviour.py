"""Settings of the sandbox for what Xero does not document or does in more than one way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Behaviour:
    """What the sandbox does if Xero's behaviour is not documented, or varies.

    Attributes:
        latency: Seconds that every call takes at least.
        high_volume_threshold: The number of records above which inefficient requests are refused
            (xero-facts.md: Paging).
        since_inclusive: Whether If-Modified-Since lists records of that very second
            (xero-facts.md: Change capture).
    """

    latency: float = 0.0
    high_volume_threshold: int = 100_000
    since_inclusive: bool = True
