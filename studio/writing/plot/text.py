"""A plot as plain Markdown: for the command line, for previews, and for the tree of drafts."""

from studio.writing.plot.plot import Person, Plot


def markdown(plot: Plot) -> str:
    out = [f"# {plot.title}" if plot.title else "", f"*{plot.logline}*" if plot.logline else ""]
    out += [f"**Setting.** {plot.setting}" if plot.setting else "", f"**One detail.** {plot.detail}" if plot.detail else ""]
    if plot.people:
        out += ["## People", "\n".join(_person(one) for one in plot.people)]
    out += [f"**Stakes.** {plot.stakes}" if plot.stakes else ""]
    if plot.beats:
        out += [f"## Beats ({plot.structure})", "\n".join(f"{n}. **{b.name}.** {b.text}" for n, b in enumerate(plot.beats, 1))]
    out += [f"**Twist.** {plot.twist}" if plot.twist else ""]
    if plot.levers:
        out.append("; ".join(f"{name}: {text}" for name, text in plot.levers.items()))
    return "\n\n".join(part for part in out if part)


def _person(person: Person) -> str:
    role = f" ({person.role})" if person.role else ""
    parts = [f"- **{person.name}**{role}" + (f": {person.who}." if person.who else "")]
    parts += [f"Wants {person.want}." if person.want else "", f"Needs {person.need}." if person.need else ""]
    parts += [f"Flaw: {person.flaw}." if person.flaw else "", person.arc]
    return " ".join(part for part in parts if part)
