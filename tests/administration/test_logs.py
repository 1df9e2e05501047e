import logging

from administration.logs import HideIdentityNumbers


def masked(message: str, *arguments: object) -> str:
    record = logging.LogRecord("test", logging.INFO, __file__, 1, message, arguments, None)
    HideIdentityNumbers().filter(record)
    return record.getMessage()


def test_an_identity_number_never_reaches_the_log():
    assert masked("row %s: %s", 7, "060170000123") == "row 7: 060••••••123"


def test_other_numbers_stay_as_they_are():
    assert masked("IMEI 490154203237518, 0912345678") == "IMEI 490154203237518, 0912345678"
