"""What the command ``xero`` has to know of tap-xero."""

from __future__ import annotations

from xero_client.plugins import Plugin

PLUGIN = Plugin(
    name="tap-xero",
    writes=False,
    example="tap-xero --config config.json > xero.jsonl",
    meltano_example="meltano run tap-xero target-jsonl",
    meltano_login="meltano invoke tap-xero:login",
    select_variable="TAP_XERO__SELECT",
)
