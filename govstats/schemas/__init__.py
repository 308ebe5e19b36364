"""What every table must look like and what its columns mean: contracts, data package, codebook.

All is made from govstats/vocabulary/fields.toml. Only `schema` and `check_table` need the extra
`panel`; importing this package imports neither pandas nor pandera.
"""

from govstats.schemas.codebook import codebook
from govstats.schemas.contracts import TableError, check_table, schema
from govstats.schemas.fields import BESIDE, INPUTS, TABLES, Field, Table, columns, names, table
from govstats.schemas.package import datapackage, write_datapackage

__all__ = [
    "BESIDE",
    "INPUTS",
    "TABLES",
    "Field",
    "Table",
    "TableError",
    "check_table",
    "codebook",
    "columns",
    "datapackage",
    "names",
    "schema",
    "table",
    "write_datapackage",
]
