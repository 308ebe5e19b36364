"""What a report's sentences state: figures with unit, scope and place, held against the tables."""

from govstats.prose.agreement import Comparison, compare
from govstats.prose.figures import Figure, figures_of, read_prose
from govstats.prose.sentences import paragraphs

__all__ = ["Comparison", "Figure", "compare", "figures_of", "paragraphs", "read_prose"]
