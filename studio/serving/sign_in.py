"""The sign-in page, and signing out. Plain HTML that works without scripts."""

from html import escape
from pathlib import Path
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from studio.serving.people import COOKIE, DAYS, TRIES, PasswordGate, Tries

WRONG = "That name and password do not go together. Try again."
LARGEST = 8_000


def sign_in_routes(gate: PasswordGate, template: Path) -> list[Route]:
    by_name, by_address = Tries(), Tries(most=TRIES * 10)

    def page(said: str = "", name: str = "", status: int = 200) -> Response:
        html = template.read_text().format(said=escape(said), name=escape(name), hidden="" if said else "hidden")
        return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})

    async def show(request: Request) -> Response:
        return RedirectResponse("./", 303) if gate.name(request.scope) else page()

    async def sign_in(request: Request) -> Response:
        body = await request.body()
        form = parse_qs(body[:LARGEST].decode("utf-8", "replace"))
        name, password = form.get("name", [""])[0].strip(), form.get("password", [""])[0]
        address = request.client.host if request.client else ""
        wait = max(by_name.wait(f"{name}@{address}"), by_address.wait(address))
        if wait > 0:
            answer = page(f"Too many tries. Wait {wait:.0f} seconds, then try again.", name, 429)
            answer.headers["retry-after"] = str(int(wait) + 1)
            return answer
        if not await run_in_threadpool(gate.people.right, name, password):
            return page(WRONG, name, 403)
        done = RedirectResponse("./", 303)
        done.set_cookie(
            COOKIE, gate.ticket(name), max_age=DAYS * 86400, httponly=True, samesite="lax", secure=request.url.scheme == "https"
        )
        return done

    async def sign_out(request: Request) -> Response:
        name = gate.name(request.scope)
        if name:
            await run_in_threadpool(gate.people.sign_out, name)
        done = RedirectResponse("./sign-in", 303)
        done.delete_cookie(COOKIE)
        return done

    return [
        Route("/sign-in", show, methods=["GET"]),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/sign-out", sign_out, methods=["POST"]),
    ]
