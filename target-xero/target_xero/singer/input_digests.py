"""Digests of records as they came, by which the publish log knows the same input again.

Most of a table that is read anew every night has not changed. With the digest, such a record needs
neither validation nor a request, and is looked up in the publish log at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec

from target_xero.build.destinations.destination import Destination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Provenance, Record
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.delivery.publish_log.fingerprints import VERSION
from xero_client.http.transport import JSON
from xero_client.settings.connection_settings import ConnectionSettings

DIGEST_BYTES = 16
# The settings that do not decide what a record becomes. All others are part of the digest, so that
# a change of one of them makes each record new.
WITHOUT_EFFECT = frozenset(
    {
        *ConnectionSettings.__dataclass_fields__,
        "batch_size", "dry_run", "on_reject", "publish_log_days", "rejects_path", "resend_unknown",
        "results_path", "retry_rejects", "yes",
    }
)  # fmt: skip

_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=str)
_sorting_encoder = msgspec.json.Encoder(order="sorted", enc_hook=str)


class InputDigests:
    """Computes the digests of the records of one stream."""

    def __init__(
        self,
        rule: StreamRule,
        schema: Mapping[str, Any],
        key_properties: Sequence[str],
        config: Mapping[str, Any],
    ) -> None:
        """Takes all that decides what a record becomes, besides the record.

        Args:
            rule: How the stream is published.
            schema: Its schema.
            key_properties: Its key properties.
            config: The target's configuration, of which the rule was made.
        """
        settings = {name: value for name, value in config.items() if name not in WITHOUT_EFFECT}
        deciding = [
            _program_version(),
            VERSION,
            rule.stream,
            list(key_properties),
            schema,
            settings,
        ]
        self._hash = hashlib.blake2b(_sorting_encoder.encode(deciding), digest_size=DIGEST_BYTES)
        self._columns_read = frozenset({*rule.columns, *rule.columns_read, *key_properties})

    def of(self, record: Record) -> str:
        """The digest of a record: 32 characters; empty if it has none.

        Columns with a leading underscore, which taps add themselves, do not count if no setting
        reads them.
        """
        read = self._columns_read
        known = {name: value for name, value in record.items() if name[:1] != "_" or name in read}
        try:
            encoded = _encoder.encode(known)
        except (RecursionError, TypeError, ValueError):
            return ""
        own = self._hash.copy()
        own.update(encoded)
        return own.hexdigest()


@cache  # reading it takes longer than the rest of a stream's digests
def _program_version() -> str:
    return version("singer-target-xero")


def is_decided_by_input(
    publication: Publication, provenance: Provenance, destination: Destination
) -> bool:
    """Whether the same record always becomes this publication, so that a digest can identify it.

    What a name stands for can change in Xero, and so can a file on disk. A row may be a line of a
    document that has other rows. Without a Singer key, results show the number or name of a record,
    which a digest does not tell.

    Args:
        publication: What the record became.
        provenance: Where it comes from.
        destination: The destination of its stream.
    """
    return (
        publication.destination.name == destination.name
        and not provenance.is_row
        and bool(provenance.key or not publication.key)
        and not publication.names
        and not publication.warnings
        and publication.action is not Action.REMOVE
        and publication.content is not None
        and publication.content_type == JSON
    )
