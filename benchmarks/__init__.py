"""How often the package is wrong, how fast it is: one command each, such as benchmarks.accuracy."""
