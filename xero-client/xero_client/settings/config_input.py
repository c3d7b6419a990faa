"""A plugin's configuration as its command line gives it: files, and the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xero_client.errors import SettingsError
from xero_client.settings.environment import json_of, of_variables

# What --config takes besides files.
ENVIRONMENT = "ENV"
PREFIXES = {"tap-xero": "TAP_XERO_", "target-xero": "TARGET_XERO_"}


@dataclass(frozen=True)
class Given:
    """A plugin's configuration as its command line gives it, in the shape that singer-sdk takes.

    Attributes:
        config: Setting names and values.
        parse_env: Whether the environment has still to be looked at: it has been.
    """

    config: dict[str, Any] = field(default_factory=dict)
    parse_env: bool = False


def given(
    sources: Sequence[str],
    properties: Mapping[str, Mapping[str, Any]],
    plugin: str,
    environ: Mapping[str, str],
) -> Given:
    """What the ``--config`` options of a plugin say: later files win, and variables over files.

    Args:
        sources: Files, and ``ENV`` for the environment.
        properties: The plugin's settings, as JSON Schema has them.
        plugin: ``tap-xero`` or ``target-xero``.
        environ: The environment.

    Raises:
        SettingsError: A file cannot be read, or a variable's text is no value of its setting.
    """
    config: dict[str, Any] = {}
    for source in sources:
        if source != ENVIRONMENT:
            config |= content_of(Path(source))
    if ENVIRONMENT in sources:
        config |= of_variables(properties, PREFIXES[plugin], environ)
    return Given(config)


def content_of(file: Path) -> dict[str, Any]:
    """The settings in a JSON file.

    Raises:
        SettingsError: It cannot be read, or holds no object.
    """
    try:
        content = json_of(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"The configuration {file} cannot be read: {error}"
        raise SettingsError(message) from None
    if not isinstance(content, dict):
        message = f"The configuration {file} is not a JSON object"
        raise SettingsError(message)
    return content


def mend(properties: dict[str, Any]) -> None:
    """Takes words out of where singer-sdk's schema of ``stream_maps`` should have schemas.

    Its validator would stumble over them as soon as a value fits nothing else.
    """
    if "stream_maps" in properties:
        properties["stream_maps"] = _mended(properties["stream_maps"])


def _mended(schema: Any) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(schema, list):
        return [_mended(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: [_mended(one) for one in value if isinstance(one, (dict, bool))]
        if name == "anyOf" and isinstance(value, list)
        else _mended(value)
        for name, value in schema.items()
    }
