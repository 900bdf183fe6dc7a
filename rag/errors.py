"""What can go wrong, and how it is said: one line that names the thing and the remedy.

    SanadError
    ├─ SettingsError      a setting, its value, what is allowed
    ├─ SourceError        a file (and line) and what is wrong with it
    ├─ IndexStateError    the index is missing, read-only, damaged, or made by another encoder or Sanad
    │  └─ IndexBusyError  another process is writing to it
    ├─ MissingExtraError  a package that is not installed, and the line that installs it
    └─ ReaderError        a chat model gave no answer that can be shown, and why; the original error is its `__cause__`

A caller's mistake (an empty question, `k=0`) stays a `ValueError` or `TypeError` with the value in its text.
"I don't know" is no error: see `Answer.abstained`.
"""

from rag.types import Failed


class SanadError(Exception):
    """Every error that Sanad raises on purpose."""


class SettingsError(SanadError):
    """A setting has a value that cannot be used."""


class SourceError(SanadError):
    """A file or folder cannot be read as articles."""


class IndexStateError(SanadError):
    """The index cannot be used as it stands."""


class IndexBusyError(IndexStateError):
    """Another process is writing to the index."""


class MissingExtraError(SanadError):
    """A package that this needs is not installed."""


class ReaderError(SanadError):
    """A chat model gave no answer that can be shown.

    Attributes:
        reason: one of `rag.types.Failed`.
    """

    def __init__(self, reason: Failed, message: str = "") -> None:
        super().__init__(message or reason)
        self.reason = reason
