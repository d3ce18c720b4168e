"""The few exceptions, each named for whose fault it is. None holds a text, name or secret."""


class SettingsError(Exception):
    """The operator's: each argument is one sentence about one setting."""

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(str(problem) for problem in self.args)


class FlowError(Exception):
    """The author's: each argument is one plain sentence about one conversation."""

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(str(problem) for problem in self.args)


class Refused(Exception):
    """Nobody's: the programme's rules say no, and the message says why."""


class Unreadable(Exception):
    """The sender's: what came in does not have the shape it must have."""


class Unsent(Exception):
    """The channel's: a message did not leave. `permanent` means that trying again cannot help."""

    def __init__(self, reason: str = "", *, permanent: bool, code: int | None = None) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.code = code
