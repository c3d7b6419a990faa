"""The target's command line: reads the configuration, runs, and exits with a message on errors."""

from __future__ import annotations

import abc
import logging
import os
from typing import IO, TYPE_CHECKING, Any

from singer_sdk import Target
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.exceptions import ConfigValidationError, MappingError

from target_xero.report.exit_codes import exit_on_error
from xero_client.errors import SettingsError
from xero_client.settings.config_input import (
    ENVIRONMENT,
    ConfigInput,
    patch_sdk_settings,
    read_config,
)
from xero_client.settings.connection_settings import format_errors

if TYPE_CHECKING:
    import click
    from typing_extensions import Self


# singer-sdk adds these to every target. They are for targets that load tables.
UNUSED_SDK_SETTINGS = ("add_record_metadata", "batch_size_rows", "load_method")


class CommandLineTarget(Target, abc.ABC):
    """Runs a target from its command line; any error ends with one line that says what to do."""

    @abc.abstractmethod
    def prepare(self) -> None:
        """Checks the settings before the first message.

        Raises:
            SettingsError: A setting is missing or wrong.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Waits for calls in flight and closes the files; a second call does nothing."""

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Adds the settings of singer-sdk that this target honours."""
        super().append_builtin_config(config_jsonschema)
        for name in UNUSED_SDK_SETTINGS:
            config_jsonschema["properties"].pop(name, None)
        patch_sdk_settings(config_jsonschema["properties"])

    @classmethod
    def cb_config(
        cls,
        ctx: click.Context,  # noqa: ARG003  # click's callback
        param: click.Option,  # noqa: ARG003  # the same
        value: tuple[str, ...],
    ) -> Any:  # noqa: ANN401  # singer-sdk's own type is private
        """Reads the configuration: files, and with ``ENV`` the variables."""
        cls.append_builtin_config(cls.config_jsonschema)
        if ENVIRONMENT in value:
            parse_environment_config({}, "")  # takes a .env file into the environment
        with exit_on_error():
            return read_config(
                value, cls.config_jsonschema["properties"], "TARGET_XERO_", os.environ
            )

    @classmethod
    def invoke(  # type: ignore[override]  # as singer-sdk's own Target.invoke
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: ConfigInput | None = None,
        file_input: IO[str] | None = None,
    ) -> None:
        """Runs the target from its command line."""
        super(Target, cls).invoke(about=about, about_format=about_format)
        cls.print_version(print_fn=cls.logger.info)
        with exit_on_error():
            cls._create(config or ConfigInput()).run(file_input)

    def run(self, messages: Any) -> None:  # noqa: ANN401  # see below
        """Publishes all messages.

        Args:
            messages: A text file, or any iterable of lines; None for standard input.
        """
        self.prepare()
        try:
            self.listen(messages)
        finally:
            self.close()

    @classmethod
    def _create(cls, config: ConfigInput, **options: Any) -> Self:  # noqa: ANN401  # the class's own
        cls.logger.addFilter(_says_something)
        try:
            return cls(config=config.config, validate_config=True, **options)
        except ConfigValidationError as error:
            raise SettingsError(format_errors(error.errors)) from None
        except MappingError as error:
            message = f"Setting 'stream_maps' is wrong: {error}"
            raise SettingsError(message) from None


def _says_something(record: logging.LogRecord) -> bool:
    """Whether a line of the log says something; singer-sdk writes one that does not."""
    return not record.getMessage().startswith("Skipping parse of env var settings")
