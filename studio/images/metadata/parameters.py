"""The `parameters` text of AUTOMATIC1111's web UI, in and out: what most programs and sites read.

Prompt, then `Negative prompt: ...`, then one line of settings, `Steps: 20, Sampler: Euler a, CFG scale: 7, ...`, values with
commas quoted like JSON. What is written here is read by such programs; our own reading goes by the recipe beside it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from studio.images.metadata.found import Found, real, size_of, whole

MOST_LINE = 40_000
NEGATIVE = "Negative prompt:"
_PARAM = re.compile(r'\s*(\w[\w \-/]{0,60}):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_OWN = ("Steps", "Sampler", "CFG scale", "Seed", "Size", "Model", "Distilled CFG Scale")


def read_parameters(text: str) -> Found | None:
    lines = text.replace("\r\n", "\n").strip().split("\n")
    at, settings = _settings(lines)
    if not settings:
        return None
    prompt, avoid = _prompts(lines[:at])
    guidance = settings.get("CFG scale")
    if "Distilled CFG Scale" in settings and real(guidance) == 1.0:  # Forge with Flux
        guidance = settings["Distilled CFG Scale"]
    rest = {name: value for name, value in settings.items() if name not in _OWN}
    if after := "\n".join(lines[at + 1 :]).strip():
        rest["after"] = after
    return Found(
        source="a1111", prompt=prompt, avoid=avoid, seed=whole(settings.get("Seed")), steps=whole(settings.get("Steps")),
        guidance=real(guidance), sampler=settings.get("Sampler", ""), size=size_of(settings.get("Size", "")),
        model=settings.get("Model", ""), rest=rest,
    )  # fmt: skip


def write_parameters(prompt: str, avoid: str, settings: Mapping[str, Any]) -> str:
    """`settings` in the order they are to stand; what is nothing is left out."""
    line = ", ".join(f"{name}: {_quoted(value)}" for name, value in settings.items() if value not in (None, ""))
    parts = (prompt.strip(), f"{NEGATIVE} {avoid.strip()}" if avoid.strip() else "", line)
    return "\n".join(part for part in parts if part).replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _settings(lines: list[str]) -> tuple[int, dict[str, str]]:
    """The last line that holds settings, and where it is."""
    for at in range(len(lines) - 1, max(-1, len(lines) - 20), -1):
        pairs = _PARAM.findall(lines[at]) if len(lines[at]) <= MOST_LINE else []
        names = {name for name, _ in pairs}
        if len(names) >= 3 and names & {"Steps", "Seed", "Sampler"}:
            return at, {name: _unquoted(value.strip()) for name, value in pairs}
    return 0, {}


def _prompts(lines: list[str]) -> tuple[str, str]:
    for at, line in enumerate(lines):
        if line.lstrip().startswith(NEGATIVE):
            avoid = [line.lstrip().removeprefix(NEGATIVE), *lines[at + 1 :]]
            return "\n".join(lines[:at]).strip(), "\n".join(avoid).strip()
    return "\n".join(lines).strip(), ""


def _quoted(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return json.dumps(text, ensure_ascii=False) if any(mark in text for mark in ',:\n"') else text


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text
