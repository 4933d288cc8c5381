"""What can go wrong, by who must act."""

from collections.abc import Callable


class BaophuError(Exception):
    """Base of every error that a person is meant to read; the message names the thing, the value and the remedy.

    `message` is English, with its `fields` in braces; as an exception it is English, `text` speaks another language.
    """

    def __init__(self, message: str, /, **fields: object) -> None:
        self._message = message
        self._fields = fields
        super().__init__(message.format(**fields) if fields else message)

    def text(self, translate: Callable[[str], str]) -> str:
        """The message through `translate` (gettext), its fields filled in."""
        message = translate(self._message)
        return message.format(**self._fields) if self._fields else message


class ConfigurationError(BaophuError):
    """A setting, a file or a credential is wrong: whoever runs the command must act."""


class CallError(ConfigurationError):
    """An option or argument has a value that can't be: whoever typed the command must act."""


class StoreError(BaophuError):
    """The store cannot be read or written (missing, locked, read-only, full disk): the administrator must act."""
