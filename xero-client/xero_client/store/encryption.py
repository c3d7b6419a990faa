"""Secrets at rest: how the state database writes tokens down, in clear or encrypted.

An encrypted value starts with a mark, so that a store can be moved to encryption (clear values are
still read) and is never mistaken for tokens without its key.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from xero_client.errors import SettingsError, StoreError

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

MARK = "fernet:"
KEY_VARIABLE = "XERO_STORE_KEY"
KEYRING_SERVICE = "xero-client"
KEYRING_USER = "store key"

INSTALL = "install it with `pip install 'xero-client[encryption]'`"
MAKE_KEY = (
    'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
)


class Cipher(Protocol):
    """How secrets are written down and read back."""

    def seal(self, secret: str) -> str:
        """What is written down for ``secret``."""
        ...

    def open(self, written: str) -> str:
        """The secret that was written down.

        Raises:
            StoreError: It cannot be read with what this cipher knows.
        """
        ...


class Clear:
    """Secrets are written down as they are; the file's mode protects them."""

    def seal(self, secret: str) -> str:
        """The secret itself."""
        return secret

    def open(self, written: str) -> str:
        """The secret itself.

        Raises:
            StoreError: It is an encrypted one.
        """
        if written.startswith(MARK):
            message = (
                "The state database holds encrypted tokens: set 'store_encryption' to "
                f"'environment' and {KEY_VARIABLE} to their key, or 'store_encryption' to 'keyring'"
            )
            raise StoreError(message)
        return written


class Encrypted:
    """Secrets are encrypted with the first of several keys, and read with any of them."""

    def __init__(self, fernet: MultiFernet, source: str) -> None:
        self._fernet = fernet
        self._source = source

    def seal(self, secret: str) -> str:
        """The encrypted secret, marked."""
        return MARK + self._fernet.encrypt(secret.encode()).decode()

    def open(self, written: str) -> str:
        """The secret.

        Raises:
            StoreError: It was encrypted with another key, or changed since.
        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415  # taps start without it

        if not written.startswith(MARK):
            return written
        try:
            return self._fernet.decrypt(written.removeprefix(MARK)).decode()
        except InvalidToken:
            message = (
                f"The key in {self._source} is not the one that encrypted the state database's "
                "tokens: set that key, or run `xero login` to store new tokens with this one"
            )
            raise StoreError(message) from None


def cipher_for(choice: str | None) -> Cipher:
    """The cipher of the setting ``store_encryption``.

    Args:
        choice: ``off``, ``environment``, ``keyring``, or ``auto`` (as None): ``environment``
            where a key is set there, else ``off``.

    Raises:
        SettingsError: There is no such choice.
        StoreError: There is no key, or what is needed for it is not installed.
    """
    keys = os.environ.get(KEY_VARIABLE, "")
    if choice in (None, "auto"):
        choice = "environment" if keys else "off"
    if choice == "off":
        return Clear()
    if choice not in ("environment", "keyring"):
        message = (
            f"Setting 'store_encryption' is {choice!r}; set it to auto, off, environment or keyring"
        )
        raise SettingsError(message)
    if choice == "keyring":
        return _encrypted(_key_of_keyring(), "the system's keyring")
    if not keys:
        message = (
            f"'store_encryption' is 'environment', but {KEY_VARIABLE} is not set: set it to the "
            f"store's key (a new one: {MAKE_KEY})"
        )
        raise StoreError(message)
    return _encrypted(keys, KEY_VARIABLE)


def _encrypted(keys: str, source: str) -> Encrypted:
    try:
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415  # an optional extra
    except ImportError:
        message = f"'store_encryption' needs the package cryptography: {INSTALL}"
        raise StoreError(message) from None
    try:
        fernets = [Fernet(key.strip()) for key in keys.split(",")]
    except ValueError:
        message = (
            f"The key in {source} is not a key: it has to be 32 bytes in URL-safe base64 (a new "
            f"one: {MAKE_KEY})"
        )
        raise StoreError(message) from None
    return Encrypted(MultiFernet(fernets), source)


def _key_of_keyring() -> str:
    """The key in the system's keyring, made there when it is first asked for."""
    try:
        import keyring  # noqa: PLC0415  # an optional extra, and slow to import
        from cryptography.fernet import Fernet  # noqa: PLC0415  # the same
        from keyring.errors import KeyringError  # noqa: PLC0415  # the same
    except ImportError as error:
        message = (
            f"'store_encryption' is 'keyring', which needs the package {error.name}: {INSTALL}"
        )
        raise StoreError(message) from None
    try:
        key = keyring.get_password(KEYRING_SERVICE, KEYRING_USER)
        if key is None:
            keyring.set_password(KEYRING_SERVICE, KEYRING_USER, Fernet.generate_key().decode())
            # Read again: another process may have had the same thought, and the last one counts.
            key = keyring.get_password(KEYRING_SERVICE, KEYRING_USER)
    except KeyringError as error:
        message = (
            f"The system's keyring cannot be used ({error}): set 'store_encryption' to "
            f"'environment' and {KEY_VARIABLE} to a key instead"
        )
        raise StoreError(message) from None
    if key is None:
        message = "The system's keyring does not keep what it is given: use another backend"
        raise StoreError(message)
    return key
