"""python -m govstats.models.power."""

from govstats.models.power import main

raise SystemExit(main())
