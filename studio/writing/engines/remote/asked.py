"""What is sent to a server for one call, and what of its answer is the text."""

from typing import Any, NamedTuple

from studio.writing.model import REPEAT_WITHIN, Call, Dialect

MOST_STOPS = 4  # more are refused by some; all are looked for here as well
HOTTEST = 2.0


class Ways(NamedTuple):
    """How this server wants to be asked: the options of a card."""

    model: str
    dialect: Dialect
    extra_samplers: bool  # llama.cpp, vLLM: min-p, XTC, DRY and top-n-sigma
    prefill: bool  # an answer that has begun may be handed in as the last turn
    most_name: str  # max_tokens, or max_completion_tokens
    context: int


def body(call: Call, ways: Ways) -> dict[str, Any]:
    """The request, without what is the same for all."""
    told: dict[str, Any] = {
        "model": ways.model, "stream": True, "stream_options": {"include_usage": True}, "seed": call.seed % 2**31,
        "temperature": max(0.0, min(call.samplers.temperature, HOTTEST)), ways.most_name: call.most,
    }  # fmt: skip
    if 0.0 < call.samplers.top_p < 1.0:
        told["top_p"] = call.samplers.top_p
    if stops := [stop for stop in call.stops if stop][:MOST_STOPS]:
        told["stop"] = stops
    extra = _extra(call, ways) if ways.extra_samplers else {}
    if ways.dialect != "chat":
        told["prompt"] = call.prompt.text + call.prompt.start or "\n"  # nothing at all is not taken
    else:
        told["messages"] = _messages(call, ways)
        if call.prompt.start and ways.prefill:
            extra |= {"continue_final_message": True, "add_generation_prompt": False}
    return told | ({"extra_body": extra} if extra else {})


def _extra(call: Call, ways: Ways) -> dict[str, Any]:
    samplers = call.samplers
    return {
        "min_p": samplers.min_p,
        "top_n_sigma": samplers.top_n_sigma,
        "xtc_probability": samplers.xtc_probability,
        "xtc_threshold": samplers.xtc_threshold,
        "dry_multiplier": samplers.dry_multiplier,
        "dry_base": samplers.dry_base,
        "dry_allowed_length": samplers.dry_allowed,
        "dry_penalty_last_n": ways.context,
        "repeat_penalty": samplers.repeat_penalty,  # llama.cpp's name for it
        "repeat_last_n": REPEAT_WITHIN,
        "repetition_penalty": samplers.repeat_penalty,  # vLLM's
    }


def _messages(call: Call, ways: Ways) -> list[dict[str, str]]:
    turns = [{"role": role, "content": text} for role, text in call.prompt.turns]
    if not turns:
        turns = [{"role": "user", "content": call.prompt.text}]
    start = call.prompt.start
    if start and ways.prefill:
        turns.append({"role": "assistant", "content": start})
    elif start:
        wish = f"Begin your answer with exactly these words and go on from there: {start}"
        turns[-1] = {"role": "user", "content": f"{turns[-1]['content']}\n\n{wish}"}
    return turns


def without_start(text: str, start: str, over: bool) -> str:
    """What comes after the given beginning, if the answer repeats it; waits until that can be told."""
    begun = start.strip()
    said = text.lstrip()
    if not begun:
        return text
    if said.startswith(begun):
        return said[len(begun) :]
    return "" if not over and begun.startswith(said) else text


def barred(text: str, never: tuple[str, ...]) -> bool:
    """Does it begin as it may not?"""
    return any(text and one and (one.startswith(text) or text.startswith(one)) for one in never)


def piece_of(chunk: Any, dialect: Dialect) -> tuple[str, bool, str]:
    """Text of one chunk of a stream, whether the model did anything at all, and why it ended."""
    if not chunk.choices:
        return "", False, ""
    choice = chunk.choices[0]
    end = choice.finish_reason or ""
    if dialect != "chat":
        return choice.text or "", bool(choice.text), end
    delta = choice.delta
    thought = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
    return delta.content or "", bool(delta.content or thought), end
