"""How long a test waits for a program: a limit against hanging, never a measure of speed.

A machine with much else to do, or a cold one that must compile, takes many times as long as ours.
"""

from __future__ import annotations

PATIENCE_S = 240
