"""Sentences by code, in the language in force."""

import pickle
import string

import pytest

from greencover import words
from greencover.ground.errors import GreencoverWarning, LayerError
from greencover.ground.notes import Note, collected, tell
from greencover.words import Listed, Rows, _catalogue, say


def test_every_language_has_every_sentence_with_the_same_values():
    english = words.catalogue("en")
    for lang in words.languages():
        other = words.catalogue(lang)
        assert set(other) == set(english), lang
        for code in english:
            if code.startswith("sentences."):  # A report's sentence may leave parts out.
                continue
            # A reason is what another library says, in English only: others may do without it.
            wanted = _fields(english[code])
            assert wanted - {"reason"} <= _fields(other[code]) <= wanted, (lang, code)


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_rows_and_lists_follow_the_language():
    assert say("joining.between", {}, "zh") == "；"
    rows = Note("joining.row", rows=Rows((3, 5)))
    assert "rows 3 and 5" in rows
    listed = Note("joining.row", rows=Listed.of("abcdefgh", last="or"))
    assert listed.said("zh") == "第a、b、c、d、e等，另有3个行"


def test_long_lists_of_rows_say_how_many_more():
    assert say("layers.layer", {"path": Rows(tuple(range(1, 9)))}, "en").endswith(
        "rows 1, 2, 3, 4, 5 and 3 more"
    )
    assert "第1、2、3、4、5行等，另有3行" in say(
        "layers.layer", {"path": Rows(tuple(range(1, 9)))}, "zh"
    )


def test_a_word_follows_its_number(tmp_path):
    catalogue = tmp_path / "qq.toml"
    catalogue.write_text('[a]\nfiles = "{n:,} {n:file|files}"', encoding="utf-8")
    words.add_catalogue(catalogue)
    try:
        assert [say("a.files", {"n": n}, "qq") for n in (1, 2000)] == ["1 file", "2,000 files"]
    finally:
        del words._catalogue._added["qq"]
        words.catalogue.cache_clear()


def test_an_error_speaks_the_language_in_force_and_travels_between_processes():
    error = LayerError("joining.rows", rows=4)
    with words.speaking("zh"):
        assert str(error) == "第4行"
    with words.speaking("en"):
        assert str(pickle.loads(pickle.dumps(error))) == "rows 4"


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({"GREENCOVER_LANG": "zh", "LC_ALL": "C"}, "zh"),
        ({"LC_ALL": "zh_CN.GBK"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"GREENCOVER_LANG": "xx", "LANG": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_language_comes_from_the_environment(monkeypatch, variables, lang):
    for name in ("GREENCOVER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert words.language() == lang


def test_notes_belong_to_whoever_collects_them():
    with collected() as outer:
        tell("joining.row", rows=1)
        with collected() as inner:
            tell("joining.row", rows=2)
    assert (outer, inner) == (["row 1"], ["row 2"])
    with pytest.warns(GreencoverWarning, match="row 3"):
        tell("joining.row", rows=3)


def test_a_note_survives_a_pickle():
    note = pickle.loads(pickle.dumps(Note("joining.row", rows=7)))
    assert note == "row 7"
    assert note.said("zh") == "第7行"


def test_labels_of_data_files_add_up_and_grow_with_their_table(monkeypatch):
    monkeypatch.setattr(_catalogue, "_labels", {})
    first, second = {"oak": {"en": "Oak", "zh": "栎"}}, {"elm": {"en": "Elm", "zh": "榆"}}
    words.add_labels("trees", first)
    words.add_labels("trees", second)
    words.add_labels("trees", first)
    second["ash"] = {"en": "Ash", "zh": "白蜡"}

    assert list(words.added_labels()["trees"]) == ["oak", "elm", "ash"]
    assert words.label_of("ash", "trees", "zh") == "白蜡"
