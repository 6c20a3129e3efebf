"""Guesses of a drafted campaign put to the person who has the files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from greencover.corridor.grade_names import GRADES
from greencover.ground.notes import Note
from greencover.words import Listed


@dataclass(frozen=True)
class Question:
    """One guess of a draft.

    Attributes
    ----------
    key
        The key that it is about, such as ``layers.roads.name``.
    guessed
        What the draft would say.
    choices
        All that it may be, the guess first; none where anything can be written.
    about
        What the value stands for: the word whose grade is asked, or the file whose role is.
    """

    key: str
    guessed: Any
    choices: tuple[str, ...] = ()
    about: str = ""


#: The answer that no set of targets is to stand in the campaign.
NO_TARGETS = "-"
Ask = Callable[[Question], Any]
#: The answer that a layer is not what it was taken for.
NOT_SO = "no"
SO = "yes"


def asked(name: str, keys: dict[str, Any], notes: dict[str, Note], ask: Ask) -> bool:
    """Put the guesses of a section to somebody, in place; say whether the section is to stay.

    Parameters
    ----------
    name
        Name of the section.
    keys, notes
        Its keys, and the remark beside each that was guessed; a remark goes once it is answered.
    ask
        Answers a question with a value of the same kind as the guess.
    """
    for key in list(notes):
        whole, guessed = f"{name}.{key}", keys[key]
        if key == "path":
            about = str(guessed)
            if ask(Question(whole, SO, (SO, NOT_SO), about)) == NOT_SO:
                return False
        elif isinstance(guessed, Mapping):
            keys[key] = {
                word: ask(Question(whole, grade, tuple(GRADES), word))
                for word, grade in guessed.items()
            }
        else:
            others = notes[key].values.get("others")
            more = tuple(map(str, others.names)) if isinstance(others, Listed) else ()
            answer = ask(Question(whole, guessed, (str(guessed), *more) if more else ()))
            keys[key] = type(guessed)(answer)
        del notes[key]
    return True
