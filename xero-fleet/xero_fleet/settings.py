"""The settings of a fleet: one JSON file that names the pipelines and the limits.

The smallest file that works::

    {"pipelines": {"warehouse": {"config": "tap.json", "loader": ["target-postgres", "--config",
                                                                 "loader.json"]}}}

Paths are relative to the folder of the file. Secrets are not here: they are in the tap's
configuration, and in the state database.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

from xero_client.cli_settings import read_cli_config
from xero_client.entities.access.purposes import READ
from xero_client.errors import SettingsError
from xero_client.store.database import uri_from
from xero_fleet.mistakes import mistakes_in

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
DURATION = re.compile(r"(\d+)([smhd])")
PIPELINE_NAME = re.compile(r"\w[\w.-]*")


class Duration(str):
    """A duration as text, such as ``15m``; one of ``s``, ``m``, ``h``, ``d``."""

    __slots__ = ()

    @property
    def seconds(self) -> int:
        """The duration in seconds."""
        number, unit = DURATION.fullmatch(self).groups()  # type: ignore[union-attr]  # checked at decoding
        return int(number) * UNITS[unit]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of all parts of the file: an unknown name is an error."""


class Tier(_File, frozen=True):
    """How old the data of an organisation may be.

    Attributes:
        hot: For an organisation whose records change.
        cold: For one that had no change in its last three runs.
    """

    hot: Duration = Duration("1h")
    cold: Duration = Duration("1d")


class PipelineFile(_File, frozen=True):
    """One pipeline: a tap with its loader, or a command that publishes.

    Attributes:
        config: The configuration of the tap, also for the connection.
        catalog: The catalog that selects streams.
        tap: The tap's command.
        loader: The loader's command; it must print STATE messages.
        publish: Instead of a tap and a loader: a command that is run for each organisation.
        every: For ``publish``: the time between two runs.
        after: A command that is run after each batch, for example to apply deletes. It finds the
            file of the tap's setting ``outcome_path`` in ``XERO_FLEET_OUTCOME_PATH``.
    """

    config: str
    catalog: str | None = None
    tap: tuple[str, ...] = ("tap-xero",)
    loader: tuple[str, ...] = ()
    publish: tuple[str, ...] = ()
    every: Duration = Duration("15m")
    after: tuple[str, ...] = ()


class Limits(_File, frozen=True):
    """The limits of the app (xero-facts.md: Limits).

    Attributes:
        app_minute: Calls of the app a minute.
        organisation_minute: Calls to one organisation a minute.
        organisation_day: Calls to one organisation a day; 1,000 on the Starter tier.
    """

    app_minute: int = 10_000
    organisation_minute: int = 60
    organisation_day: int = 5_000


class FleetFile(_File, frozen=True):
    """The whole file.

    Attributes:
        pipelines: The pipelines by name.
        tiers: The tiers by name; an organisation is in the first one unless it is moved.
        limits: The limits of the app.
        app_tier: The tier of the app in Xero's price list, for the forecast of the cost.
        workers: How many batches may be in flight, those that wait for a worker included.
        batch_organisations: The most organisations of a batch.
        batch_time: How long a batch may take.
        lease: How long a worker may be silent until its batch is given to another one.
        debounce: How long webhook events of an organisation are collected.
        sync_every: How often ``xero fleet sync --due`` asks for the organisations of a login.
        keep_results: How long the results of runs are kept.
        public_url: The address of ``xero fleet serve`` as others reach it, for consent links.
    """

    pipelines: dict[str, PipelineFile]
    tiers: dict[str, Tier] = msgspec.field(default_factory=lambda: {"standard": Tier()})
    limits: Limits = Limits()
    app_tier: Literal["starter", "core", "plus", "advanced"] = "advanced"
    workers: int = 8
    batch_organisations: int = 50
    batch_time: Duration = Duration("5m")
    lease: Duration = Duration("2m")
    debounce: Duration = Duration("10s")
    sync_every: Duration = Duration("15m")
    keep_results: Duration = Duration("40d")
    public_url: str | None = None


@dataclass(frozen=True)
class Pipeline:
    """One pipeline, with its files read.

    Attributes:
        name: Its name in the settings.
        config: The configuration of the tap; it contains secrets.
        folder: The folder in which its commands run.
        catalog: The file that selects streams; None for the tap's own choice.
    """

    name: str
    config: Mapping[str, Any] = field(repr=False)
    folder: Path
    catalog: Path | None
    tap: Sequence[str]
    loader: Sequence[str]
    publish: Sequence[str]
    every: int
    after: Sequence[str]


@dataclass(frozen=True)
class FleetSettings:
    """Checked settings of a fleet."""

    pipelines: Mapping[str, Pipeline]
    file: FleetFile

    @property
    def connection(self) -> Mapping[str, Any]:
        """The settings of the connection: those of the first pipeline."""
        return next(iter(self.pipelines.values())).config

    def pipeline(self, name: str) -> Pipeline:
        """A pipeline by its name.

        Raises:
            SettingsError: No pipeline has this name.
        """
        if name not in self.pipelines:
            message = f"Pipeline {name!r} is not in the settings: {', '.join(self.pipelines)}"
            raise SettingsError(message)
        return self.pipelines[name]

    def tier(self, name: str) -> Tier:
        """A tier by its name; the first one if the settings do not have it any more."""
        return self.file.tiers.get(name) or next(iter(self.file.tiers.values()))

    def fresh_within(self, pipeline: str, tier: str, work_class: str) -> int:
        """How old the data of an organisation may be, in seconds."""
        found = self.pipelines.get(pipeline)
        if found is not None and found.publish:
            return found.every
        named = self.tier(tier)
        return named.cold.seconds if work_class == "cold" else named.hot.seconds


def read_settings(path: Path) -> FleetSettings:
    """Reads the settings of a fleet.

    Raises:
        SettingsError: A file cannot be read, or a setting is invalid.
    """
    try:
        content = msgspec.json.decode(path.read_bytes())
        file = msgspec.convert(content, FleetFile, dec_hook=_decode)
    except OSError as error:
        message = (
            f"{path} cannot be read ({error.strerror}): name the fleet's settings with --fleet"
        )
        raise SettingsError(message) from None
    except msgspec.ValidationError:
        message = f"{path}: {'; '.join(mistakes_in(content, FleetFile, _decode))}"
        raise SettingsError(message) from None
    except msgspec.DecodeError as error:
        message = f"{path} is not JSON: {error}"
        raise SettingsError(message) from None
    problem = _problem_of(file)
    if problem is not None:
        message = f"{path}: {problem}"
        raise SettingsError(message)
    return FleetSettings(
        {name: _pipeline(name, part, path) for name, part in file.pipelines.items()}, file
    )


def _problem_of(file: FleetFile) -> str | None:
    """Why the settings cannot be used; None if they can."""
    limits = file.limits
    numbers = {
        "workers": file.workers,
        "batch_organisations": file.batch_organisations,
        "limits.app_minute": limits.app_minute,
        "limits.organisation_minute": limits.organisation_minute,
        "limits.organisation_day": limits.organisation_day,
    }
    for name, number in numbers.items():
        if number < 1:
            return f"{name!r} is {number}; set it to 1 or more"
    if not file.pipelines or not file.tiers:
        return "'pipelines' and 'tiers' need one entry or more"
    durations = {
        "lease": file.lease,
        "batch_time": file.batch_time,
        **{f"tiers.{name}.hot": tier.hot for name, tier in file.tiers.items()},
        **{f"pipelines.{name}.every": part.every for name, part in file.pipelines.items()},
    }
    for name, duration in durations.items():
        if not duration.seconds:
            return f"{name!r} is {duration}; set it to 1s or more"
    for name, tier in file.tiers.items():
        if tier.hot.seconds > tier.cold.seconds:
            return f"'hot' of tier {name!r} is {tier.hot}, longer than 'cold': {tier.cold}"
    odd = next((name for name in file.pipelines if not PIPELINE_NAME.fullmatch(name)), None)
    if odd is not None:
        return f"{odd!r} is not a name of a pipeline: use letters, digits, '_', '-' and '.'"
    return None


def _pipeline(name: str, part: PipelineFile, path: Path) -> Pipeline:
    folder = path.resolve().parent
    if bool(part.loader) == bool(part.publish):
        message = f"{path}: pipeline {name!r} needs either 'loader' or 'publish'"
        raise SettingsError(message)
    config = read_cli_config(
        _existing(folder / part.config, "set 'config' to the tap's configuration"),
        READ,
        os.environ,
        {},
    )
    if store_uri := config.get("store_uri"):
        config["store_uri"] = uri_from(folder, str(store_uri))
    return Pipeline(
        name=name,
        config=config,
        folder=folder,
        catalog=_existing(folder / part.catalog, "set 'catalog' to the catalog of the tap")
        if part.catalog
        else None,
        tap=part.tap,
        loader=part.loader,
        publish=part.publish,
        every=part.every.seconds,
        after=part.after,
    )


def _existing(path: Path, what_to_do: str) -> Path:
    if not path.is_file():
        message = f"{path} cannot be read: {what_to_do}"
        raise SettingsError(message)
    return path


def _decode(kind: type, value: Any) -> Any:  # noqa: ANN401  # msgspec's hook
    if kind is Duration and isinstance(value, str) and DURATION.fullmatch(value):
        return Duration(value)
    message = f"{value!r} is not a duration: write it as 30s, 15m, 1h or 1d"
    raise ValueError(message)
