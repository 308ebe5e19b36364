"""The layout laboratory: figures -> sheets -> damages -> drifts -> a layout -> judged cells."""
