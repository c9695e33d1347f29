"""The one way in which starting a server fails."""


class CannotStart(Exception):
    """A server or a folder cannot be used; the message says why and how to mend it."""
