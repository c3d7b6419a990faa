"""What the command ``xero`` has to know of target-xero."""

from __future__ import annotations

from xero_client.plugins import Plugin

PLUGIN = Plugin(
    name="target-xero",
    writes=True,
    example="cat records.jsonl | target-xero --config config.json",
    meltano_example="meltano run TAP target-xero",
    meltano_login="meltano invoke target-xero:login",
)
