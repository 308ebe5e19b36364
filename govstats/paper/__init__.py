"""What a paper takes from the notebooks: numbered tables and figures, named numbers, a manifest.

    python -m govstats.paper            make tables/, paper/ from what the notebooks wrote
    python -m govstats.paper remember   keep what is there now, to compare with
    python -m govstats.paper tell       say what has changed since, and forget it

What is printed, in which order and under which caption: vocabulary/paper.toml. Which numbers have
a name: vocabulary/numbers.toml. Needs the extra `notebooks`.
"""

from govstats.paper.folders import keep, tables_folder

__all__ = ["keep", "tables_folder"]
