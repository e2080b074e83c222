"""Which plan goes with which ask."""

from studio.core.errors import Refused
from studio.music.ask import AnswerAsk, BlendAsk, ContinueAsk, FillAsk, MelodyAsk, RedoAsk, SketchAsk, VaryAsk
from studio.music.melody.plan import Plan
from studio.music.melody.rework import answered, blended, continued, filled, redone, varied
from studio.music.melody.sketch import sketch


def plan(ask: MelodyAsk) -> Plan:
    """Raises Refused with a sentence when the ask cannot be kept."""
    match ask:
        case SketchAsk():
            return sketch(ask)
        case ContinueAsk():
            return continued(ask)
        case RedoAsk():
            return redone(ask, ask.bars, ask.locks)
        case VaryAsk():
            return redone(ask, *varied(ask))
        case FillAsk():
            return filled(ask)
        case BlendAsk():
            return blended(ask)
        case AnswerAsk():
            return answered(ask)
    raise Refused(f"There is no way to {ask.task} a melody yet.")
