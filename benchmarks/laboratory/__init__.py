"""The layout laboratory: known figures -> sheets -> damages -> drifts -> a layout -> judged cells."""
