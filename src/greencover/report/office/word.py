"""An assessment as a Word report, from a template that an office can edit."""

from __future__ import annotations

import difflib
import zipfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.ground.errors import ArgumentError, MissingExtraError, OutputError
from greencover.ground.notes import Note
from greencover.ground.writing import replacing
from greencover.report.days import moment_of
from greencover.report.labels import spoken
from greencover.report.office.word_facts import pictures, word_facts, workshop
from greencover.report.office.word_fields import fill_fields
from greencover.report.outputs import Output, OutputOptions, register
from greencover.report.view import View
from greencover.words import Listed, beside, languages

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

TEXT_WIDTH_MM = 160
# A template with the pictures of a letterhead is far smaller, also unpacked.
_LARGEST_BYTES = 100_000_000
FILE = "report-{lang}.docx"
# The language whose template stands in where another has none.
FALLBACK = "en"


def write_word(
    assessment: Assessment | View,
    path: str | Path,
    *,
    lang: str = "zh",
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
        A language that has a catalogue.
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

    Examples
    --------
    >>> write_word(assessment, "report.docx", lang="en").name
    'report.docx'
    """
    needed()
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage

    if lang not in languages():
        known = Listed.of(languages(), limit=20, last="or")
        raise ArgumentError("office.one_language", lang=lang, known=known)
    if template is not None:
        check_template(template)
    source = Path(template) if template is not None else None
    view = View.of(assessment)
    with (
        as_file(_packaged(lang)) as packaged,
        workshop() as folder,
        replacing(path) as draft,
    ):
        document = DocxTemplate(str(source or packaged))
        facts = word_facts(view, lang)
        document.init_docx()
        wide = Mm(TEXT_WIDTH_MM)
        maps = pictures(
            view,
            lang,
            lambda file: InlineImage(document, str(file), width=wide),
            Path(folder),
            approval=approval,
        )
        facts |= {"maps": maps, "map": {entry["key"].replace("-", "_"): entry for entry in maps}}
        _render(document, facts, source)
        fill_fields(document.docx)
        _describe(document.docx, {entry["key"]: entry["caption"] for entry in maps})
        properties = document.docx.core_properties
        properties.title, properties.author = facts["title"], ""
        properties.created = properties.modified = moment_of(view.assessment.provenance)
        properties.comments = f"greencover {facts['version']}"
        document.save(draft)
    return Path(path)


def export_template(path: str | Path, *, lang: str = "zh") -> Path:
    """Copy the template of a language to a file that an office can edit.

    Examples
    --------
    For an ``assessment`` in the wording of an office.

    >>> export_template("own.docx", lang="en").name
    'own.docx'
    """
    with replacing(path) as draft:
        draft.write_bytes(_packaged(lang).read_bytes())
    return Path(path)


def needed() -> None:
    """Refuse to go on without the package that fills templates."""
    try:
        import docxtpl  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("office.needs_docxtpl", extra="report") from error


def check_template(template: str | Path) -> None:
    """Refuse a template that cannot be opened, before anything is computed."""
    path = Path(template)
    if not path.is_file():
        raise OutputError("office.template_absent", template=template)
    try:
        with zipfile.ZipFile(path) as archive:
            archive.getinfo("word/document.xml")
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > _LARGEST_BYTES:
            raise OutputError("office.template_large", template=template, mb=_LARGEST_BYTES / 1e6)
    except (zipfile.BadZipFile, KeyError) as error:
        raise OutputError("office.template_no_word", template=template) from error


def _packaged(lang: str) -> Any:
    """The template of a language: ours, one beside its catalogue, or the English one."""
    name = FILE.format(lang=lang)
    own = files(__package__).joinpath("templates", name)
    if own.is_file():
        return own
    near = beside(lang) / name
    return near if near.is_file() else _packaged(FALLBACK)


def _render(document: Any, facts: dict[str, Any], source: Path | None) -> None:
    from jinja2 import StrictUndefined, TemplateError, UndefinedError
    from jinja2.exceptions import SecurityError

    from greencover.report.office.frugal import Frugal

    class AbsentError(UndefinedError):
        """A variable that does not exist."""

    class Named(StrictUndefined):
        """Keeps the name of what a template asks for in vain."""

        __slots__ = ()

        def __init__(
            self, hint: Any = None, obj: Any = None, name: Any = None, exc: Any = UndefinedError
        ) -> None:
            kind: Any = (lambda _message: AbsentError(name)) if exc is UndefinedError else exc
            super().__init__(hint, obj, name, kind)

    name: object = source or Note("office.of_the_package")
    environment = Frugal(undefined=Named, autoescape=True)
    try:
        document.render(facts, jinja_env=environment, autoescape=True)
    except AbsentError as error:
        variable = str(error)
        near = difflib.get_close_matches(variable, sorted(_known(facts)), n=1)
        code = "office.variable_misspelt" if near else "office.no_variable"
        hint = near[0] if near else Listed.of(facts, limit=50)
        raise OutputError(code, template=name, variable=variable, hint=hint) from error
    except SecurityError as error:
        raise OutputError("office.template_may_not", template=name, why=error) from error
    except TemplateError as error:
        lines = [line.strip() for line in getattr(error, "docx_context", ()) if line.strip()]
        place = " ".join(lines)[:80]
        code = "office.template_broken_near" if place else "office.template_broken"
        raise OutputError(code, template=name, near=place, why=error) from error
    except RecursionError as error:
        raise OutputError("office.template_nested", template=name) from error
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise OutputError("office.variable_misused", template=name, why=error) from error


def _describe(document: Any, captions: dict[str, str]) -> None:
    """Give every map its caption as the text that a screen reader says instead of it."""
    for shape in document.inline_shapes:
        inline = shape._inline
        drawn = inline.graphic.graphicData.pic.nvPicPr.cNvPr
        caption = captions.get(Path(drawn.name).stem, "")
        for properties in (inline.docPr, drawn):
            properties.set("descr", caption)


def _known(value: Any) -> set[str]:
    """Names of all variables and of the parts of lists and tables."""
    if isinstance(value, dict):
        return {str(k) for k in value} | {n for v in value.values() for n in _known(v)}
    return _known(value[0]) if isinstance(value, list) and value else set()


def _files() -> list[str]:
    return [FILE.format(lang=lang) for lang in sorted(languages(), reverse=True)]


def _check(options: OutputOptions) -> None:
    if "docx" in options.chosen:
        needed()
        if options.template is not None:
            check_template(options.template)
    elif options.template is not None:
        raise ArgumentError("office.template_without_docx")


def _write(view: View, folder: Path, options: OutputOptions) -> None:
    for lang in spoken(options.lang):
        write_word(
            view,
            folder / FILE.format(lang=lang),
            lang=lang,
            template=options.template,
            approval=options.look.approval,
        )


register(
    Output(
        "docx",
        _write,
        _files,
        place=20,
        package="docxtpl",
        left_out="office.left_out",
        extra="report",
        check=_check,
    )
)
