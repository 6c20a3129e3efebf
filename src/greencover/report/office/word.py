"""An assessment as a Word report, from a template that an office can edit."""

from __future__ import annotations

import difflib
import re
import zipfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.ground.errors import MissingExtraError, OutputError
from greencover.ground.writing import replacing
from greencover.report.office.word_facts import pictures, word_facts, workshop
from greencover.report.sentences import Tongue

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

TEXT_WIDTH_MM = 160
_NAME = re.compile(r"'([^']+)' is undefined|has no attribute '([^']+)'")


def write_word(
    assessment: Assessment,
    path: str | Path,
    *,
    lang: Tongue = "zh",
    template: str | Path | None = None,
    approval: str = "",
) -> Path:
    """Write the assessment as a Word report.

    Parameters
    ----------
    assessment
        The assessment to write.
    path
        Document to make or to replace.
    lang
        ``"zh"`` or ``"en"``.
    template
        A document of the office with variables in double braces; the one that comes with the
        package when left out. :func:`export_template` gives that one as a start.
    approval
        Approval number of the maps (审图号).

    Raises
    ------
    OutputError
        The template is no Word document or asks for a variable that does not exist; the message
        names it.
    MissingExtraError
        The package docxtpl is not installed.
    """
    needed()
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage

    if lang not in ("zh", "en"):
        raise ValueError(f'lang={lang!r}: a Word report is in one language, "zh" or "en".')
    if template is not None:
        check_template(template)
    source = Path(template) if template is not None else None
    with (
        as_file(_packaged(lang)) as packaged,
        workshop() as folder,
        replacing(path) as draft,
    ):
        document = DocxTemplate(str(source or packaged))
        facts = word_facts(assessment, lang)
        document.init_docx()
        wide = Mm(TEXT_WIDTH_MM)
        maps = pictures(
            assessment,
            lang,
            lambda file: InlineImage(document, str(file), width=wide),
            Path(folder),
            approval=approval,
        )
        facts |= {"maps": maps, "map": {entry["key"].replace("-", "_"): entry for entry in maps}}
        _render(document, facts, source)
        properties = document.docx.core_properties
        properties.title, properties.author = facts["title"], ""
        properties.comments = f"greencover {facts['version']}"
        document.save(draft)
    return Path(path)


def export_template(path: str | Path, *, lang: Tongue = "zh") -> Path:
    """Copy the packaged template to a file that an office can edit."""
    with replacing(path) as draft:
        draft.write_bytes(_packaged(lang).read_bytes())
    return Path(path)


def needed() -> None:
    """Refuse to go on without the package that fills templates."""
    try:
        import docxtpl  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "The Word report needs the package docxtpl: install greencover[report], or leave "
            "docx out of the formats."
        ) from error


def check_template(template: str | Path) -> None:
    """Refuse a template that cannot be opened, before anything is computed."""
    path = Path(template)
    if not path.is_file():
        raise OutputError(f"The template {template} does not exist: check its name.")
    try:
        with zipfile.ZipFile(path) as archive:
            archive.getinfo("word/document.xml")
    except (zipfile.BadZipFile, KeyError) as error:
        raise OutputError(
            f"The template {template} is no Word document (.docx): save it from Word as .docx."
        ) from error


def _packaged(lang: Tongue) -> Any:
    return files(__package__).joinpath("templates", f"report-{lang}.docx")


def _render(document: Any, facts: dict[str, Any], source: Path | None) -> None:
    from jinja2 import StrictUndefined, TemplateError, UndefinedError
    from jinja2.sandbox import SandboxedEnvironment, SecurityError

    name = source or "of the package"
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        document.render(facts, jinja_env=environment, autoescape=True)
    except UndefinedError as error:
        match = _NAME.search(str(error))
        variable = (match.group(1) or match.group(2)) if match else str(error)
        near = difflib.get_close_matches(variable, sorted(_known(facts)), n=1)
        hint = f'"{near[0]}" is near to it' if near else f"there are {', '.join(facts)}"
        raise OutputError(
            f'The template {name} asks for the variable "{variable}", which does not exist: {hint}.'
        ) from error
    except SecurityError as error:
        raise OutputError(
            f"The template {name} does something that templates may not do ({error}): "
            "keep to the variables of the report."
        ) from error
    except TemplateError as error:
        lines = [line.strip() for line in getattr(error, "docx_context", ()) if line.strip()]
        near_text = f' near "{" ".join(lines)[:80]}"' if lines else ""
        raise OutputError(
            f"The template {name} cannot be read{near_text} ({error}): check that every "
            "{{ … }} and {% … %} is closed."
        ) from error
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise OutputError(
            f"The template {name} uses a variable in a way it cannot be used ({error}): see the "
            "list of variables."
        ) from error


def _known(value: Any) -> set[str]:
    """Names of all variables and of the parts of lists and tables."""
    if isinstance(value, dict):
        return {str(k) for k in value} | {n for v in value.values() for n in _known(v)}
    return _known(value[0]) if isinstance(value, list) and value else set()
