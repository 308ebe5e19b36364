"""Figures of China's government-information-disclosure annual reports, read and checked."""

__version__ = "0.1.0"
