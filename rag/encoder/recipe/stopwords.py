"""Function words, accent-folded: they carry no topic, and their translations are noise."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FRENCH = _words(
    """a afin ai ainsi alors apres assez au aucun aucune aujourd auquel aura aurait aussi autre
    autres     aux avaient avait avant avec avez avoir avons ayant bien c car ce ceci cela
    celle celles celui     cependant ces cet cette ceux chaque chez ci comme comment d dans de
    deja depuis des desquelles     desquels donc dont du duquel elle elles en encore entre es
    est et etaient etait etant ete etes     etre eu eux fait faire faut fois font hui ici il
    ils j je jusqu jusque l la laquelle le     lequel les lesquelles lesquels leur leurs lors
    lorsque lui m ma mais me meme memes mes moi moins     mon n ne ni non nos notamment notre
    nous on ont or ou par parce pas pendant peu peut peuvent plus     pour pourquoi pourrait
    puis puisque qu quand que quel quelle quelles quelque quelques quels qui     quoi quoique
    s sa sans se selon sera serait seront ses si sinon soi soient soit sommes son sont
    sous sur t ta tandis te tel telle telles tels tes toi ton tous tout toute toutefois toutes
    tres     tu un une vers voici voila vos votre vous y"""
)
ENGLISH = _words(
    """a about above after again all also although am among an and another any are as at be because
    been before being below between both but by can cannot could d did do does doing done down
    during each either else ever every few for from further had has have having he her here
    hers     herself him himself his how however i if in instead into is it its itself just
    least less ll     many may me might more most much must my myself neither no nor not of
    off often on once one only     onto or other others our ours ourselves out over own per
    quite rather re s same shall she should     since so some such t than that the their
    theirs them themselves then there therefore thereof     these they this those though
    through thus to too toward towards under until up upon us ve very     was we were what
    when where whereas whether which while who whom whose why will with within     without
    would yet you your yours yourself"""
)
