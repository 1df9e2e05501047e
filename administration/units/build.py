"""Makes units.csv. Run at build time only: `python -m administration.units.build FOLDER`.

FOLDER is the `data` folder of the package vietnamadminunits 1.0.4, installed anywhere outside the project. Its
coordinates and polygons are left behind; its mistakes are put right by corrections.csv, and the earlier mergers that
are known come from history.csv. The format of units.csv is told in read.py.
"""

import argparse
import csv
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CODES_BEGAN = "2004-07-08"  # 124/2004/QĐ-TTg gave every unit its code
REFORM = "2025-07-01"
KIND_WORDS = {
    "tỉnh": "T",
    "thành phố": "TP",
    "quận": "Q",
    "huyện": "H",
    "thị xã": "TX",
    "thị trấn": "TT",
    "phường": "P",
    "xã": "X",
    "đặc khu": "DK",
}
OLD_COMMUNES = """
    SELECT provinceCode, province, districtCode, district, wardCode, ward,
           provinceKey || '_' || districtKey || '_' || ifnull(wardKey, '') FROM admin_units_legacy
"""
NEW_COMMUNES = "SELECT provinceCode, province, wardCode, ward, provinceKey || '_' || wardKey FROM admin_units"


@dataclass
class Row:
    """One line of units.csv; `path` is its place in the tree (province, district, commune codes)."""

    path: tuple[str, ...]
    kind: str
    name: str
    valid_from: str = ""
    valid_to: str = ""
    becomes: str = ""

    @property
    def code(self) -> str:
        return self.path[-1]

    def line(self) -> str:
        cells = [self.code, self.kind, self.name, self.valid_from, self.valid_to, self.becomes]
        return ",".join(cells).rstrip(",")


def split_name(full: str) -> tuple[str, str]:
    """'Thị Trấn Prao' -> ('TT', 'Prao'). The name decides, not the source's column of kinds, which errs in 7 rows."""
    for words, kind in KIND_WORDS.items():
        if full.lower().startswith(words + " "):
            return kind, full[len(words) + 1 :]
    raise ValueError(f"no kind of unit in {full!r}")


def conversions(folder: Path, new_codes: dict[str, str]) -> dict[str, str]:
    """Source key of an old commune -> codes of the new ones, the default one first."""
    data = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    becomes = {
        old: new_codes[f"{province}_{new}"]
        for province, wards in data["DICT_PROVINCE_WARD_NO_DIVIDED"].items()
        for new, olds in wards.items()
        for old in olds
    }
    for province, wards in data["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in wards.items():
            ranked = sorted(
                (not part["isDefaultNewWard"], new_codes[f"{province}_{part['newWardKey']}"]) for part in parts
            )
            becomes[old] = " ".join(code for _, code in ranked)
    return becomes


def read_source(folder: Path) -> tuple[list[Row], list[Row]]:
    """The units before and after the reform, without corrections."""
    with sqlite3.connect(folder / "dataset.db") as database:
        old_communes = database.execute(OLD_COMMUNES).fetchall()
        new_communes = database.execute(NEW_COMMUNES).fetchall()
    becomes = conversions(folder, {key: code for *_, code, _, key in new_communes})
    old: dict[tuple[str, ...], Row] = {}
    for province, province_name, district, district_name, commune, name, key in old_communes:
        old[(province,)] = Row((province,), *split_name(province_name))
        old[(province, district)] = Row((province, district), *split_name(district_name))
        leaf = (province, district, commune) if commune else (province, district)
        old[leaf] = Row(leaf, *split_name(name or district_name), becomes=becomes[key])
    new: dict[tuple[str, ...], Row] = {}
    for province, province_name, commune, name, _ in new_communes:
        new[(province,)] = Row((province,), *split_name(province_name))
        new[(province, commune)] = Row((province, commune), *split_name(name))
    return list(old.values()), list(new.values())


def correct(rows: list[Row]) -> None:
    """Applies corrections.csv, which speaks of old units only; one that no longer changes anything is an error."""
    by_code = {row.code: row for row in rows}
    with (HERE / "corrections.csv").open(encoding="utf-8") as file:
        for correction in csv.DictReader(file):
            row, column = by_code[correction["code"]], correction["column"]
            if getattr(row, column) == correction["value"]:
                raise ValueError(f"correction of {row.code} is not needed")
            setattr(row, column, correction["value"])


def add_history(rows: list[Row]) -> None:
    """Adds the units that earlier mergers ended, from history.csv, in the district of the unit that took them over."""
    by_code = {row.code: row for row in rows}
    with (HERE / "history.csv").open(encoding="utf-8") as file:
        for event in csv.DictReader(file):
            if event["extent"] != "full":  # a moved border: both units go on
                continue
            heir = by_code[event["code_2025"]]
            kind, name = split_name(event["old_name"])
            rows.append(
                Row(
                    (*heir.path[:2], event["old_code"]),
                    kind,
                    name,
                    valid_to=event["effective"],
                    becomes=event["code_2025"],
                )
            )
            if event["old_code"] == heir.code:
                heir.valid_from = event["effective"]


def lines(old: Iterable[Row], new: Iterable[Row]) -> Iterator[str]:
    """Both eras in tree order, each under the line that opens it."""
    yield "code,kind,name,valid_from,valid_to,becomes,number"
    for header, rows in (
        (f"era,,,{CODES_BEGAN},{REFORM},,1000000", old),
        (f"era,,,{REFORM},,,2000000", new),
    ):
        yield header
        for row in sorted(rows, key=lambda row: (row.path, row.valid_from)):
            yield row.line()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    old, new = read_source(parser.parse_args().folder)
    correct(old)
    add_history(old)
    (HERE / "units.csv").write_text("\n".join(lines(old, new)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
