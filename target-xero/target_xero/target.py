"""The plugin ``target-xero`` of singer-sdk: its settings, its command line, and its runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import FrameType
from typing import IO, TYPE_CHECKING, Any, ClassVar, cast

from singer_sdk import Target
from singer_sdk.exceptions import ConfigValidationError, MappingError

from target_xero.copy.receiver import CopyReceiver
from target_xero.report.exit_codes import exit_on_error
from target_xero.report.results import Results
from target_xero.run.correction import Correction
from target_xero.run.run import Run
from target_xero.settings import TARGET_PROPERTIES, check_streams
from target_xero.singer.intake import Intake
from target_xero.singer.message_run import MessageRun
from target_xero.singer.messages.reader import MessageReader
from target_xero.singer.sink import XeroSink
from xero_client.cli_settings import with_stored_app
from xero_client.command_line.configuration import ENVIRONMENT, ConfigInput, read_config
from xero_client.command_line.log_lines import UnneededLineFilter
from xero_client.command_line.singer_settings import errors_in_words, patch_sdk_settings
from xero_client.command_line.stream_maps import check_map_options
from xero_client.connection import connection_settings
from xero_client.memory_tuning import infrequent_gc, return_large_blocks
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES, ConnectionSettings

if TYPE_CHECKING:
    import click
    from typing_extensions import Self

# singer-sdk adds these to every target. They are for targets that load tables.
UNUSED_SDK_SETTINGS = ("add_record_metadata", "batch_size_rows", "load_method")
_UNNEEDED_LINES = UnneededLineFilter()


class TargetXero(Target):
    """Publishes records to a Xero organisation."""

    name = "target-xero"
    package_name = "singer-target-xero"
    default_sink_class = XeroSink
    config_jsonschema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {**CONNECTION_PROPERTIES, **TARGET_PROPERTIES},
    }

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # singer-sdk's own options
        """Opens nothing: the SDK also makes targets to print what they are."""
        super().__init__(**options)
        self._opened: MessageRun | None = None
        self.message_reader = MessageReader(self._open_intake)

    def open(self) -> MessageRun:
        """The run of this target. The first call opens it.

        Raises:
            SettingsError: A setting is missing or wrong, or the results or rejects file cannot be
                written.
        """
        if self._opened is None:
            self._opened = self.begin()
        return self._opened

    def begin(self, correcting: Callable[[Results], Correction] = Correction) -> MessageRun:
        """Begins a run.

        Args:
            correcting: Makes what says where rejects can be corrected.

        Raises:
            SettingsError: As ``open``.
        """
        run = Run(self.config, self.checked_settings(), correcting=correcting)
        is_copy = self.config["references"] == "translate"
        return MessageRun(self, run, copying=CopyReceiver if is_copy else None)

    def checked_settings(self) -> ConnectionSettings:
        """The connection settings, after a check of all settings.

        Raises:
            SettingsError: A setting is missing or wrong.
        """
        check_streams(self.config)
        check_map_options(self.config.get("stream_maps") or {})
        agent = f"{self.name}/{self.plugin_version}"
        return connection_settings(self.config, user_agent=agent)

    def _open_intake(self) -> Intake:
        return self.open().intake

    def run(self, messages: Iterable[str] | None) -> None:
        """Publishes all messages.

        Args:
            messages: A text file, or other lines; None for standard input.

        Raises:
            SettingsError: A setting is missing or wrong.
            RunStoppedError: The run could not go on.
            SingerSDKError: The input has an error, or a record was not published.
        """
        opened = self.open()
        try:
            self.listen(cast("IO[str] | None", messages))
        finally:
            opened.close()

    def process_endofpipe(self) -> None:
        """Publishes all that is left, and closes the run.

        Raises:
            RunStoppedError: The run could not go on.
            SingerSDKError: The input has an error, or a record was not published.
        """
        self.open().finish()

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  # a signal handler's arguments
        """Ends the run; calls in flight get their responses."""
        raise SystemExit(128 + signum)

    # The command line

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Adds the settings of singer-sdk that this target honours."""
        super().append_builtin_config(config_jsonschema)
        patch_sdk_settings(config_jsonschema["properties"], UNUSED_SDK_SETTINGS)

    @classmethod
    def cb_config(
        cls,
        ctx: click.Context,  # noqa: ARG003  # click's callback
        param: click.Option,  # noqa: ARG003  # the same
        value: tuple[str, ...],
    ) -> Any:  # noqa: ANN401  # singer-sdk's own type is private
        """Reads the configuration: files, and with ``ENV`` the variables."""
        cls.append_builtin_config(cls.config_jsonschema)
        with exit_on_error():
            return read_config(cls.name, value, cls.config_jsonschema["properties"])

    @classmethod
    def configuration(cls, sources: Sequence[str]) -> dict[str, Any]:
        """The configuration in files, or in the variables and the stored login.

        Args:
            sources: The paths of the files; ``ENV`` for the variables, which is also the default.

        Raises:
            SettingsError: It cannot be read.
        """
        cls.append_builtin_config(cls.config_jsonschema)
        properties = cls.config_jsonschema["properties"]
        return with_stored_app(read_config(cls.name, sources or (ENVIRONMENT,), properties).config)

    @classmethod
    def invoke(  # type: ignore[override]  # as singer-sdk's own Target.invoke
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: ConfigInput | None = None,
        file_input: IO[str] | None = None,
    ) -> None:
        """Runs the target from its command line; an error ends it with a line that says why."""
        super(Target, cls).invoke(about=about, about_format=about_format)
        cls.print_version(print_fn=cls.logger.info)
        return_large_blocks()
        with exit_on_error(), infrequent_gc():
            cls.create(config or ConfigInput()).run(file_input)

    @classmethod
    def create(cls, config: ConfigInput) -> Self:
        """Makes the target.

        Raises:
            SettingsError: The configuration is invalid.
        """
        cls.logger.addFilter(_UNNEEDED_LINES)
        with errors_in_words(ConfigValidationError, MappingError, cls.config_jsonschema):
            return cls(config=config.config, validate_config=True)
