"""Maps as methods of an assessment, and bars of progress."""

from __future__ import annotations

import sys
import warnings

import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from greencover.ground.progress import shown_progress
from greencover.report.outputs import all_files
from report_fixtures import make_assessment


@pytest.fixture(scope="module")
def assessment():
    return make_assessment()


def test_axes_of_a_figure_of_ones_own_are_composed(assessment):
    """Two maps and a matrix in one figure, as a notebook does it."""
    figure = Figure(figsize=(9, 4))
    FigureCanvasAgg(figure)
    left, middle, right = figure.subplots(1, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = [
            assessment.plot.choropleth(left, lang="zh", title="森林"),
            assessment.plot.gaps_over_cover(ax=middle, lang="zh"),
            assessment.plot.verdict_matrix(ax=right, lang="zh"),
        ]
        figure.canvas.draw()

    assert found == [left, middle, right]
    assert left.get_title(loc="left") == "森林"


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("choropleth", {"level": "village"}),
        ("choropleth", {"indicator": "park_green_per_capita"}),
        ("roadside_greening", {}),
        ("land_cover", {}),
        ("park_service", {"distance_m": 300.0}),
        ("indicators", {}),
        ("township", {"unit": "350702"}),
    ],
)
def test_every_kind_makes_a_page(assessment, kind, options):
    ax = getattr(assessment.plot, kind)(lang="en", page="screen", **options)

    assert isinstance(ax, Axes)
    assert tuple(ax.figure.get_size_inches()) == pytest.approx((12.8, 7.2))


def test_a_misspelt_option_is_refused(assessment):
    with pytest.raises(TypeError, match="titel"):
        assessment.plot.choropleth(titel="x")


def test_kinds_are_listed(assessment):
    words = repr(assessment.plot)

    assert "choropleth" in words
    assert "park_service" in words


def test_names_of_files_are_known_without_drawing():
    names = all_files()

    assert len(names) == len(set(names))
    assert "maps/townships.pdf" in names


def test_progress_moves_a_bar(capsys):
    with shown_progress(True) as move:
        move(1, 4, "maps")
        move(4, 4, "")

    assert "maps" in capsys.readouterr().err


@pytest.mark.parametrize("given", [None, False])
def test_no_progress_is_silent(given, capsys):
    with shown_progress(given) as move:
        assert move is None
    assert capsys.readouterr().err == ""


def test_progress_of_ones_own_is_taken_as_it_is():
    with shown_progress(print) as move:
        assert move is print


def test_plotting_leaves_the_session_alone(assessment):
    """No pyplot, no change of settings: a notebook's own figures look as before."""
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    loaded = "matplotlib.pyplot" in sys.modules
    assessment.plot.choropleth()

    assert dict(mpl.rcParams) == before
    assert ("matplotlib.pyplot" in sys.modules) == loaded
