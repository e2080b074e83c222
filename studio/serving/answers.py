"""How our own routes answer: JSON, and refusals as sentences with the right status."""

import logging
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from studio.core.errors import NotFound, Refused, StudioError

Who = Callable[[Request], str | None]  # the person behind a request, None when nobody is signed in
log = logging.getLogger(__name__)


def answering(who: Who, handler: Callable[[str, Request], Any]) -> Callable[[Request], Response]:
    """A plain (threaded) endpoint that knows the owner and says errors in sentences."""

    def endpoint(request: Request) -> Response:
        owner = who(request)
        if owner is None:
            return sorry("Sign in first.", 401)
        try:
            answer = handler(owner, request)
        except NotFound as error:
            return sorry(str(error), 404)
        except Refused as error:
            return sorry(str(error), 400)
        except StudioError as error:
            return sorry(str(error), 409)
        except Exception:
            log.exception("a route failed: %s", request.url.path)
            return sorry("The studio made a mistake here. Nothing was lost; try again, and look into the log.", 500)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    return endpoint


def sorry(sentence: str, status: int) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)
