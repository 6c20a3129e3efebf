from .pictures import save as save
from .plotting import Plot as Plot
from .registry import Map as Map, maps as maps, names as names, register as register
from .straight_line import (
    draw_straight_line as draw_straight_line,
    write_straight_lines as write_straight_lines,
)
