"""What went wrong with a server, in a sentence that says what to do. No key ever stands in one."""

from typing import NamedTuple

from studio.core.errors import Refused

LONGEST_QUOTE = 200


class Server(NamedTuple):
    """What the sentences name."""

    title: str  # of the card
    where: str  # scheme, host and port
    model: str
    key_env: str


class Slow(Exception):
    """No piece came in time; `begun` when some had come before."""

    def __init__(self, seconds: float, begun: bool) -> None:
        super().__init__(seconds, begun)
        self.seconds, self.begun = seconds, begun


class Broken(Exception):
    """The answer stopped without an end."""


def may_pass(error: BaseException) -> bool:
    """Is it worth asking once more? Not when it took all its time already."""
    import openai

    if isinstance(error, openai.APITimeoutError | Slow):
        return False
    if isinstance(error, openai.APIStatusError):
        return error.status_code in (408, 409, 429) or error.status_code >= 500
    return isinstance(error, openai.APIConnectionError) or _broken(error)


def _broken(error: BaseException) -> bool:
    """A line that was cut while the answer came; the client passes some of these on as they are."""
    import openai

    kind = type(error)
    library = kind.__module__.partition(".")[0]
    return (
        library in ("httpx2", "httpx", "httpcore2", "httpcore", "anyio")
        or isinstance(error, Broken | ValueError)
        or kind is openai.APIError
    )


def sentence(error: BaseException, server: Server, key: str) -> Refused | None:
    """None for what is a mistake of ours and not of the server."""
    import openai

    if isinstance(error, Slow):
        said = "stopped in the middle: nothing came" if error.begun else "did not begin to answer"
        return Refused(f"The server at {server.where} {said} for {error.seconds:g} seconds. Ask again, or for less.")
    if isinstance(error, openai.APITimeoutError):
        return Refused(f"The server at {server.where} does not answer. Look whether it is running, or ask again later.")
    if isinstance(error, openai.APIStatusError):
        return Refused(_status(error, server, key))
    if isinstance(error, openai.APIConnectionError):
        return Refused(
            f"No server can be reached at {server.where}. Start it, or correct the address of {server.title} in catalog.toml."
        )
    if _broken(error):
        return Refused(f"The server at {server.where} broke off in the middle of its answer. Ask again.")
    return None


def _status(error: "openai.APIStatusError", server: Server, key: str) -> str:  # type: ignore[name-defined]  # noqa: F821
    code, where = error.status_code, server.where
    if code in (401, 403):
        if not server.key_env:
            return f'The server at {where} wants a key. Write `key_env = "NAME_API_KEY"` into the options of {server.title}.'
        return f"The server at {where} refuses the key that stands in {server.key_env}. Put the right one there and start again."
    if code == 404:
        return f"The server at {where} has no model named {server.model}, or its address lacks a part such as /v1."
    if code == 429:
        return f"The server at {where} has too much to do, or your quota there is used up. Wait a little and ask again."
    if 300 <= code < 400:
        return f"The server at {where} sends on to another address. Nothing was sent there; put that address into the card."
    if code >= 500:
        return f"The server at {where} has trouble of its own ({code}). Ask again later."
    return f"The server at {where} did not take this ({code}: {_quote(error, key)})."


def _quote(error: "openai.APIStatusError", key: str) -> str:  # type: ignore[name-defined]  # noqa: F821
    """The server's own words, short, in one line, without the key."""
    body = error.body
    said = body.get("message") if isinstance(body, dict) else None
    text = " ".join(str(said or error.message).split())
    text = text.replace(key, "...") if key else text
    return text[:LONGEST_QUOTE].rstrip(".")
