"""Collections of any size -> tables: many processes or a cluster, interrupted and gone on with.

Flow: sources -> bytes and their hash -> those not read yet, in chunks -> child processes that may
die or hang -> parts on disk -> tables in the order of the sources. The front door is `run.extract`.
"""
