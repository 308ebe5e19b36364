"""python -m govstats.models.calibration."""

from govstats.models.calibration import main

raise SystemExit(main())
