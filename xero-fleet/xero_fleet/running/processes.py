"""The processes of a batch: the tap, whose output goes to the loader, whose STATE comes back."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec

from xero_client.errors import SettingsError

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 60.0


class TapAndLoader:
    """A tap and a loader that run."""

    def __init__(self, tap: Sequence[str], loader: Sequence[str], folder: Path) -> None:
        """Starts both.

        Args:
            tap: The tap's command with its options.
            loader: The loader's command.
            folder: The folder in which the loader runs; paths in its command are relative to it.

        Raises:
            SettingsError: A command cannot be started.
        """
        self._tap = start(tap, folder, stdout=subprocess.PIPE)
        try:
            self._loader = start(loader, folder, stdin=self._tap.stdout, stdout=subprocess.PIPE)
        except SettingsError:
            self._tap.kill()
            self._tap.wait()
            raise
        if self._tap.stdout is not None:
            self._tap.stdout.close()  # the loader has it; the tap sees it if the loader ends
        self._latest: bytes | None = None
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._was_stopped = False
        self._has_state = False

    def _read(self) -> None:
        with self._loader.stdout or nullcontext(()) as lines:
            for line in lines:
                if line.startswith(b"{"):
                    with self._lock:
                        self._latest = line

    def state(self) -> Mapping[str, Any] | None:
        """The newest state that the loader has reached since the last call; None if none is new."""
        with self._lock:
            line, self._latest = self._latest, None
        if line is None:
            return None
        try:
            found = msgspec.json.decode(line)
        except msgspec.DecodeError:
            return None
        # Some loaders print the whole message, others only its value.
        found = found.get("value", found) if isinstance(found, dict) else None
        if not isinstance(found, dict) or "bookmarks" not in found:
            return None
        self._has_state = True
        return found

    def wait(self, seconds: float) -> bool:
        """Waits for the end, but not longer; True if both have ended and their output is read."""
        try:
            self._loader.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._tap.wait(STOP_SECONDS)
        self._reader.join()
        return True

    def stop(self) -> None:
        """Asks the tap to end after the message that it writes; the loader ends then, too."""
        if not self._was_stopped:
            self._was_stopped = True
            self._tap.terminate()

    def kill(self) -> None:
        """Ends both at once."""
        for process in (self._tap, self._loader):
            process.kill()
            process.wait()
        self._reader.join()

    @property
    def was_stopped(self) -> bool:
        """Whether ``stop`` was called."""
        return self._was_stopped

    @property
    def has_state(self) -> bool:
        """Whether ``state`` returned one."""
        return self._has_state

    @property
    def tap_code(self) -> int:
        """The exit code of the tap."""
        return self._tap.returncode

    @property
    def loader_code(self) -> int:
        """The exit code of the loader."""
        return self._loader.returncode


def start(
    command: Sequence[str],
    folder: Path,
    *,
    stdin: Any = subprocess.DEVNULL,  # noqa: ANN401  # as in subprocess
    stdout: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a command, which ends with this process.

    Programs beside this Python are found without ``PATH``.

    Raises:
        SettingsError: It cannot be started.
    """
    try:
        return subprocess.Popen(  # noqa: S603  # the commands of the settings
            command,
            cwd=folder,
            stdin=stdin,
            stdout=stdout,
            env={**os.environ, "PATH": _search_path(), **(environment or {})},
            preexec_fn=_death_signal(),  # noqa: PLW1509  # no thread runs yet, and it makes one call
        )
    except OSError as error:
        message = f"{command[0]!r} cannot be started ({error.strerror}): check the fleet's settings"
        raise SettingsError(message) from None


def is_installed(command: Sequence[str], folder: Path) -> bool:
    """Whether ``start`` finds the program of a command."""
    program = command[0]
    if os.path.dirname(program):  # noqa: PTH120  # a Path leaves out "./"
        return shutil.which(folder / program) is not None
    folders = [str(folder / each) for each in _search_path().split(os.pathsep)]
    return shutil.which(program, path=os.pathsep.join(folders)) is not None


def _search_path() -> str:
    return os.pathsep.join((os.environ.get("PATH", ""), str(Path(sys.executable).parent)))


def _death_signal() -> Callable[[], None] | None:
    """On Linux, the kernel ends the command if this process is killed.

    Otherwise it would go on, and read what another worker reads too.
    """
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask
