"""The publish log of the state database: what was sent, and what became of it.

The package's README, section *The publish log*, describes its states and their transitions.
"""

from target_xero.delivery.publish_log.entries import (
    INTENDED,
    PUBLISHED,
    IntendedRecord,
    Intent,
    LogEntry,
    SettledRecord,
)
from target_xero.delivery.publish_log.log import PublishLog

__all__ = [
    "INTENDED",
    "PUBLISHED",
    "IntendedRecord",
    "Intent",
    "LogEntry",
    "PublishLog",
    "SettledRecord",
]
