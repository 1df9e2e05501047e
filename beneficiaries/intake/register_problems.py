"""What can be wrong with a row in view of the register and the commune, beside the row itself (intake.problems)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries.intake.problems import ERROR, WARNING, Problem, problem_message

REGISTER_PROBLEMS: dict[str, tuple[str, Promise]] = {
    "V18": (ERROR, _(
        "The identity number %(mask)s is already registered in %(commune)s. A household is supported only once.")),
    "V20": (WARNING, _(
        "This household looks like %(name)s, born %(year)s, %(hamlet)s (%(code)s). Is it the same household?")),
    "V21": (WARNING, _(
        "The identity number %(mask)s is on the list of an earlier programme: %(source)s. "
        "The household can be registered; it is not helped a second time.")),
    "V23": (WARNING, _("The source \"%(source)s\" does not pay for households of this category.")),
    "V24": (WARNING, _("The household was recognised in %(year)s; this round uses the lists of %(round_year)s.")),
    "V39": (ERROR, _(
        "There are %(n)s units called \"%(v)s\": %(names)s. Write the district beside the name, or the unit's code.")),
    "V80": (ERROR, _("This household belongs to %(commune)s. You can only import households of %(own)s.")),
    "V81": (WARNING, _("There is no commune called \"%(v)s\". The household is taken for one of %(own)s.")),
    "V82": (ERROR, _("The text has %(n)s characters, at most %(limit)s are kept. Shorten it.")),
    "V83": (ERROR, _("The identity number %(mask)s belongs to a person of household %(code)s of your commune.")),
    "V84": (WARNING, _("The gender is missing; this member is saved without it.")),
    "V86": (ERROR, _("There is no commune called \"%(v)s\" in %(own)s. Write its full name or its code.")),
    "V87": (ERROR, _(
        "The commune is missing. Write it in a column, in a heading above the rows or as the sheet's name.")),
}  # fmt: skip
BETWEEN_ROWS = frozenset({"V17", "V19", "V71"})  # problems that a change of another row can settle
CONFLICTS = frozenset({"V18", "V83"})


def register_problem(code: str, field: str, row_no: int, sheet: str, /, **params: object) -> Problem:
    return Problem(code, REGISTER_PROBLEMS[code][0], field, row_no, params, sheet=sheet)


def sentence(problem: Problem) -> str:
    """The words of any problem of a staged row, in the reader's language."""
    if problem.code in REGISTER_PROBLEMS:
        return str(REGISTER_PROBLEMS[problem.code][1]) % problem.params
    return problem_message(problem.code, problem.params)
