"""Errors whose text is a sentence for the person: it says what happened and what to do."""


class StudioError(Exception):
    """Anything that goes wrong in a way a person can act on. `str(error)` is shown as it stands."""


class NotFound(StudioError):
    """The thing is not there, or belongs to somebody else: the two are never told apart."""


class Refused(StudioError):
    """The request is understood and not allowed: bad input, a full queue, a card that cannot do the task."""


class LoadFailed(StudioError):
    """A model could not be made ready. The rest of the studio goes on."""


class Interrupted(StudioError):
    """The host died under a running job."""
