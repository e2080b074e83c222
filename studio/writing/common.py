"""English words too common to say what a text is about."""

COMMON = frozenset(
    """
    a about above after again against all almost alone along already also although always am among an and another any
    anybody anything are around as ask asked at away back be became because become been before began begin behind
    being below beneath beside between beyond both bring but by call called came can cannot come could day did do does
    done down during each either else end enough even ever every everybody everything except far few find first for
    found from full gave get give go goes going gone good got great had half has have having he hear heard held help
    her here hers herself him himself his hold how however i if in indeed inside instead into is it its itself just
    keep kept knew know known last later least leave left less let like little long look looked made make making many
    may maybe me mean might mine more most much must my myself near nearly neither never new next no nobody none nor
    not nothing now of off often old on once one only onto or other others our ours out outside over own perhaps put
    quite rather really right said same saw say says see seem seemed seen shall she should since so some somebody
    someone something sometimes soon still such take taken tell than that the their theirs them themselves then there
    these they thing things think this those though thought through thus till time to together told too took toward
    towards tried try turn turned two under until up upon us use used very want wanted was way we well went were what
    whatever when where whether which while who whole whom whose why will with within without word words would yes yet
    you your yours yourself
    """.split()  # noqa: SIM905
)
