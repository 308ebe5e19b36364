"""What a report's sentences state: figures with unit, scope and place, held against the tables."""

from govstats.prose.agreement import Comparison, compare
from govstats.prose.figures import Figure, read_prose

__all__ = ["Comparison", "Figure", "compare", "read_prose"]
