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


def load_failed(title: str, error: Exception, otherwise: str) -> LoadFailed:
    """Why a model could not be made ready, whichever library loaded it; `otherwise` says it when it is nothing common."""
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return LoadFailed(f"There is not enough memory for {title}. Choose a smaller model, or close another one.")
    if isinstance(error, ImportError):
        return LoadFailed(f"{title} needs a package that is not installed: {first_line(error)}.")
    return LoadFailed(f"{title} {otherwise} ({first_line(error)}). Get the model again, or choose another one.")


def first_line(error: Exception) -> str:
    """What went wrong, short enough for a sentence."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:160].rstrip('.')}"
