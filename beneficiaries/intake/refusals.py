"""Why a whole file is refused. Free of Django: the reading process, which must stay small, raises these too."""

from typing import Any


def gettext_noop(message: str) -> str:
    """Mark a message for translation without translating it."""
    return message


SENTENCES = {
    "empty": gettext_noop("The file is empty. Choose the file that holds your list."),
    "too_big": gettext_noop(
        "The file is larger than %(megabytes)s MB. Delete the pictures in it or split it by hamlet, "
        "then choose it again."
    ),
    "wrong_type": gettext_noop(
        "This is not a spreadsheet that can be read (.xlsx, .xlsm, .xls, .ods, .csv). "
        "Open it in Excel, save it as .xlsx, then choose it again."
    ),
    "web_page": gettext_noop(
        "The file is a web page saved under the name of a spreadsheet. "
        "Open it in Excel, save it as .xlsx, then choose it again."
    ),
    "binary_workbook": gettext_noop(
        "The file is a binary workbook (.xlsb). Open it in Excel, save it as .xlsx, then choose it again."
    ),
    "document": gettext_noop(
        "The file is a Word or PowerPoint document. Copy the table into Excel, save it as .xlsx, then choose it again."
    ),
    "password": gettext_noop(
        "The file has a password. Open it in Excel, remove the password, then choose it again."
    ),
    "damaged": gettext_noop(
        "The file is damaged or not complete. Open it in Excel, save it as a new .xlsx file, then choose it again."
    ),
    "unsafe_package": gettext_noop(
        "The file is not put together the way Excel does it, so it is not opened. "
        "Open it in Excel, save it as a new .xlsx file, then choose it again."
    ),
    "unpacks_too_large": gettext_noop(
        "The file unpacks to far more than a list needs. "
        "Copy the list into a new workbook, save it as .xlsx, then choose that file."
    ),
    "external_links": gettext_noop(
        "The file takes data from other files. In Excel choose Data, Edit Links, Break Link, save it, "
        "then choose it again."
    ),
    "embedded_objects": gettext_noop(
        "The file has other documents or controls embedded in it. "
        "Copy the list into a new workbook, save it as .xlsx, then choose that file."
    ),
    "too_many_rows": gettext_noop(
        "The list has more than %(limit)s rows. Split it by hamlet or by sheet into smaller files."
    ),
    "too_many_columns": gettext_noop(
        "Sheet \"%(sheet)s\" has data beyond column %(column)s. "
        "Delete the columns that do not belong to the list, then choose the file again."
    ),
    "too_far_down": gettext_noop(
        "Sheet \"%(sheet)s\" has data below row %(limit)s. Delete the rows under the list, then choose the file again."
    ),
    "too_many_sheets": gettext_noop(
        "The file has more than %(limit)s sheets. Keep only the sheets with the list, then choose it again."
    ),
    "no_sheet": gettext_noop(
        "The file has no visible sheet with data. Unhide the sheet with the list, save, choose it again."
    ),
    "not_text": gettext_noop(
        "The text file cannot be read. Open it in Excel, save it as .xlsx, then choose it again."
    ),
    "open_quote": gettext_noop(
        "In row %(row)s of the text file a quotation mark (\") is opened and not closed, so the rows below it "
        "cannot be told apart. Delete it, then choose the file again."
    ),
    "side_by_side": gettext_noop(
        "On sheet \"%(sheet)s\" two lists stand side by side (header in row %(row)s). "
        "Move the right one below the left one, then choose the file again."
    ),
    "too_slow": gettext_noop(
        "The file takes too long to read. Copy the list into a new workbook, save it as .xlsx, then choose that file."
    ),
    "unreadable": gettext_noop(
        "The file could not be read. Open it in Excel, save it as a new .xlsx file, then choose it again."
    ),
    "rows_lost": gettext_noop(
        "The file could not be read whole, so nothing was taken from it. "
        "Open it in Excel, save it as a new .xlsx file, then choose it again."
    ),
}  # fmt: skip


class Refused(Exception):
    """The file as a whole is not taken. `code` is a key of SENTENCES, `params` fill the sentence.

    `message` is English here; `beneficiaries.intake.read.refusal_message` gives it in the reader's language.
    """

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        self.message = SENTENCES[code] % params
        super().__init__(self.message)
