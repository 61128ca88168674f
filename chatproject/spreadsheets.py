"""Tables as CSV files that spreadsheets open as they are meant. Knows no tables of ours."""

import csv
import io
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes Hangul for something else
# A cell that begins so is a formula to Excel, LibreOffice and Google Sheets, the wide forms in East Asian ones:
# https://owasp.org/www-community/attacks/CSV_Injection
STARTS_OF_FORMULAS = tuple("=+-@\t\r\n＝＋－＠")


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table in UTF-8. No text in it is run by who opens it; numbers stay numbers, None is an empty cell."""
    text = io.StringIO(BYTE_ORDER_MARK)
    text.seek(len(BYTE_ORDER_MARK))
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def harmless(cell: object) -> object:
    """The cell, and a text that would be a formula behind an apostrophe, which says to show it as it is."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0\u3000").startswith(STARTS_OF_FORMULAS):
        return f"'{cell}"
    return cell
