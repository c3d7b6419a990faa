"""Ciphers for the secrets in the state database: plaintext or Fernet.

An encrypted value starts with a prefix. So a database with plaintext values can be switched to
encryption, and an encrypted value is not taken for a token if the key is missing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from xero_client.errors import SettingsError, StoreError
from xero_client.settings.login_command import login_command

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

ENCRYPTED_PREFIX = "fernet:"
KEY_VARIABLE = "XERO_STORE_KEY"
KEYRING_SERVICE = "xero-client"
KEYRING_USER = "store key"

INSTALL_HINT = "install it with `pip install 'xero-client[encryption]'`"
KEY_COMMAND = (
    'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
)


class Cipher(Protocol):
    """Encrypts and decrypts the secrets in the state database."""

    def encrypt(self, secret: str) -> str:
        """The value to store for a secret."""
        ...

    def decrypt(self, stored: str) -> str:
        """The secret of a stored value.

        Raises:
            StoreError: The value cannot be decrypted with this key, or without a key.
        """
        ...


class PlaintextCipher:
    """Stores secrets without encryption; the mode of the file protects them."""

    def encrypt(self, secret: str) -> str:
        """Returns the secret unchanged."""
        return secret

    def decrypt(self, stored: str) -> str:
        """Returns the secret unchanged.

        Raises:
            StoreError: The value is encrypted.
        """
        if stored.startswith(ENCRYPTED_PREFIX):
            message = (
                "The state database holds encrypted tokens: set 'store_encryption' to "
                f"'environment' and {KEY_VARIABLE} to their key, or 'store_encryption' to 'keyring'"
            )
            raise StoreError(message)
        return stored


class FernetCipher:
    """Encrypts secrets with the first of several keys, and decrypts them with any of the keys."""

    def __init__(self, fernet: MultiFernet, source: str) -> None:
        self._fernet = fernet
        self._source = source

    def encrypt(self, secret: str) -> str:
        """The encrypted secret, with its prefix."""
        return ENCRYPTED_PREFIX + self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """The secret of a stored value; a plaintext value is returned unchanged.

        Raises:
            StoreError: The value was encrypted with another key, or is damaged.
        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415  # not needed by most runs

        if not stored.startswith(ENCRYPTED_PREFIX):
            return stored
        try:
            return self._fernet.decrypt(stored.removeprefix(ENCRYPTED_PREFIX)).decode()
        except InvalidToken:
            message = (
                f"The key in {self._source} is not the one that encrypted the state database's "
                f"tokens: set that key, or run `{login_command()}` to store new tokens with this "
                "one"
            )
            raise StoreError(message) from None


def cipher_for(choice: str | None) -> Cipher:
    """The cipher for a value of the setting ``store_encryption``.

    Args:
        choice: ``off``, ``environment``, ``keyring`` or ``auto``. None and ``auto`` mean
            ``environment`` if the variable with the key is set, else ``off``.

    Raises:
        SettingsError: The value is invalid.
        StoreError: The key is missing, or a package is not installed.
    """
    keys = os.environ.get(KEY_VARIABLE, "")
    if choice in (None, "auto"):
        choice = "environment" if keys else "off"
    if choice == "off":
        return PlaintextCipher()
    if choice not in ("environment", "keyring"):
        message = (
            f"Setting 'store_encryption' is {choice!r}; set it to auto, off, environment or keyring"
        )
        raise SettingsError(message)
    if choice == "keyring":
        return _fernet_cipher(_keyring_key(), "the system's keyring")
    if not keys:
        message = (
            f"'store_encryption' is 'environment', but {KEY_VARIABLE} is not set: set it to the "
            f"store's key (a new one: {KEY_COMMAND})"
        )
        raise StoreError(message)
    return _fernet_cipher(keys, KEY_VARIABLE)


def _fernet_cipher(keys: str, source: str) -> FernetCipher:
    try:
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415  # an optional extra
    except ImportError:
        message = f"'store_encryption' needs the package cryptography: {INSTALL_HINT}"
        raise StoreError(message) from None
    try:
        fernets = [Fernet(key.strip()) for key in keys.split(",")]
    except ValueError:
        message = (
            f"The key in {source} is invalid: it must be 32 bytes in URL-safe base64 (a new "
            f"one: {KEY_COMMAND})"
        )
        raise StoreError(message) from None
    return FernetCipher(MultiFernet(fernets), source)


def _keyring_key() -> str:
    """The key in the system's keyring; created if it has none."""
    try:
        import keyring  # noqa: PLC0415  # an optional extra, and slow to import
        from cryptography.fernet import Fernet  # noqa: PLC0415  # the same
        from keyring.errors import KeyringError  # noqa: PLC0415  # the same
    except ImportError as error:
        message = (
            f"'store_encryption' is 'keyring', which needs the package {error.name}: {INSTALL_HINT}"
        )
        raise StoreError(message) from None
    try:
        key = keyring.get_password(KEYRING_SERVICE, KEYRING_USER)
        if key is None:
            keyring.set_password(KEYRING_SERVICE, KEYRING_USER, Fernet.generate_key().decode())
            # Read again: another process may have set a key too, and the last one counts.
            key = keyring.get_password(KEYRING_SERVICE, KEYRING_USER)
    except KeyringError as error:
        message = (
            f"The system's keyring cannot be used ({error}): set 'store_encryption' to "
            f"'environment' and {KEY_VARIABLE} to a key instead"
        )
        raise StoreError(message) from None
    if key is None:
        message = "The system's keyring did not store the key: use another backend"
        raise StoreError(message)
    return key
