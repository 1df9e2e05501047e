"""What officers do, chosen by dice: each operation is one action of the product on something picked a moment before."""

from __future__ import annotations

import datetime
import hashlib
import random
from collections.abc import Callable, Mapping
from typing import Any

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from allocations import actions
from allocations.models import Allocation, CommuneList, Reason, Status
from beneficiaries.actions import households, import_files, lineage, moves, pairs
from beneficiaries.household_values import HouseholdValues, PersonValues
from beneficiaries.intake import stage
from beneficiaries.intake.household_rows import HouseholdRow, PersonRow
from beneficiaries.intake.staged import Staged
from beneficiaries.models import Household, HouseholdLink, ImportFile, MoveRequest, Person, SuspectedPair
from devices.models import Device
from tests.simulation.province import Desk, Province

DAY = datetime.date(2024, 6, 20)
At = datetime.datetime
Operation = Callable[[At], Any]


class Nothing(NotPossible):
    """There was nothing to do it to."""

    def __init__(self) -> None:
        super().__init__("nothing there")


class Dice:
    """Picks who does what to whom. `people`: how many identity numbers the whole province shares."""

    def __init__(
        self, province: Province, dice: random.Random, people: int, *, often: Mapping[str, int] | None = None
    ) -> None:
        self.province, self.dice, self.people = province, dice, people
        self.weights = {**WEIGHTS, **(often or {})}

    def next(self) -> tuple[str, Operation, Officer]:
        name = self.dice.choices(list(self.weights), list(self.weights.values()))[0]
        desk = self.dice.choice(self.province.desks)
        return name, *getattr(self, f"_{name}")(desk)

    # --- the register -------------------------------------------------------------------------------------------------
    def _number(self) -> str:
        return f"060170{self.dice.randrange(self.people):06d}"

    def _register(self, desk: Desk) -> tuple[Operation, Officer]:
        official, values = self.dice.choice(desk.officials), self._household(desk)
        return lambda at: households.add_household(values, by=official, at=at), official

    def _household(self, desk: Desk) -> HouseholdValues:
        head, *members = [self._person(self._number()) for _ in range(self.dice.choice((1, 1, 2)))]
        category = self.dice.choice(("HN", "HN", "HCN"))
        return HouseholdValues(area_no=desk.area.number, head=head, members=members, hamlet="Khu phố 1",
                               category=category, certificate_no="1/GCN-HN.HCN")  # fmt: skip

    def _person(self, number: str) -> PersonValues:
        return PersonValues(full_name=f"Nguyễn Thị {number[-4:]}", gender="F", birth_year=1970, identity_number=number)

    def _change(self, desk: Desk) -> tuple[Operation, Officer]:
        """A member joins, with a number that may be anybody's."""
        official, newcomer = self.dice.choice(desk.officials), self._person(self._number())

        def work(at: At) -> None:
            household = self._any(Household.objects.listed().filter(area=desk.area))
            members = [
                PersonValues(full_name=p.full_name, gender=p.gender, birth_year=p.birth_year, person_id=p.pk)
                for p in household.members.order_by("-is_head", "pk")
            ]
            values = HouseholdValues(area_no=desk.area.number, head=members[0], members=[*members[1:3], newcomer],
                                     hamlet=household.hamlet, category=household.category,
                                     certificate_no=household.certificate_no)  # fmt: skip
            households.change_household(household.pk, values, version=household.version, by=official, at=at)

        return work, official

    def _delist(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            household = self._any(Household.objects.listed().filter(area=desk.area))
            households.delist_household(household.pk, reason="Đã chuyển đi", by=official, at=at)

        return work, official

    def _import(self, desk: Desk) -> tuple[Operation, Officer]:
        """A small file, checked already; sometimes the very same one again."""
        official, file_no = self.dice.choice(desk.officials), self.dice.randrange(40)
        rows = [self._row(i, self._number()) for i in range(1, 5)]

        def work(at: At) -> None:
            sha256 = hashlib.sha256(f"{desk.area.number}/{file_no}".encode()).hexdigest()
            if ImportFile.objects.filter(area=desk.area, sha256=sha256, state="applied").exists():
                raise NotPossible("known")
            file = ImportFile.objects.create(
                area=desk.area, uploaded_by=official, original_name="ds.xlsx", sha256=sha256, size=1, state="checked"
            )
            stage.write(file, [Staged(0, row, []) for row in rows])
            _begin_saving(file)
            import_files.apply_file(file.pk, by=official, progress=lambda done, total: None, at=at)

        return work, official

    def _row(self, row_no: int, number: str) -> HouseholdRow:
        head = PersonRow(row_no, f"Nguyễn Thị {number[-4:]}", None, 1970, "year", "F", identity_number=number)
        return HouseholdRow(row_no, "Danh sách", head, category="HN", hamlet="Khu phố 2", certificate_no="2/GCN")

    def _undo_import(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            file = self._any(ImportFile.objects.filter(area=desk.area, state="applied", undone_at=None))
            import_files.undo_file(file.pk, by=official)

        return work, official

    # --- lineage ------------------------------------------------------------------------------------------------------
    def _merge(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            registered = Household.objects.listed().filter(area=desk.area).order_by("-pk")
            kept, gone = self._any(registered), self._any(registered)
            lineage.merge_households(kept.pk, gone.pk, by=official, at=at)

        return work, official

    def _split(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            member = self._any(Person.objects.filter(area=desk.area, is_live=True, is_head=False))
            version = Household.objects.get(pk=member.household_id).version
            lineage.split_household(
                member.household_id, [member.pk], head_id=member.pk, version=version, by=official, at=at
            )

        return work, official

    def _undo_link(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            link = self._any(HouseholdLink.objects.in_force().filter(other_area=desk.area).order_by("-pk"))
            lineage.undo_link(link.pk, by=official, at=at)

        return work, official

    def _ask_move(self, desk: Desk) -> tuple[Operation, Officer]:
        """From here to another commune, or from there to here by a code that somebody told."""
        official = self.dice.choice(desk.officials)
        other = self.dice.choice([one for one in self.province.desks if one.area != desk.area])
        fetched, serial = self.dice.random() < 0.5, self.dice.randrange(1, 40)

        def work(at: At) -> None:
            own = self._any(Household.objects.listed().filter(area=desk.area).order_by("-pk"))
            code = f"{other.area.code}-{serial:05d}" if fetched else own.code
            into = own.pk if fetched and serial % 2 else None
            to_area = desk.area if fetched else other.area
            moves.ask_move(code, to_area_no=to_area.pk, reason="Chuyển nơi ở", into_id=into, by=official, at=at)

        return work, official

    def _answer_move(self, desk: Desk) -> tuple[Operation, Officer]:
        official, agrees = self.dice.choice(desk.officials), self.dice.random() < 0.8

        def work(at: At) -> None:
            asked = self._any(MoveRequest.objects.to_answer(official).order_by("pk"), among=3)
            if agrees:
                moves.accept_move(asked.pk, by=official, at=at)
            else:
                moves.refuse_move(asked.pk, reason="Không ở đây", by=official, at=at)

        return work, official

    def _relist(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            gone = self._any(Household.objects.filter(area=desk.area).exclude(delisted_on=None).order_by("-pk"))
            households.relist_household(gone.pk, reason="Vẫn ở đây", by=official, at=at)

        return work, official

    # --- suspected doubles --------------------------------------------------------------------------------------------
    def _pair_same(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            pair = self._pair(official, SuspectedPair.State.OPEN)
            keep = self.dice.choice((pair.household_a_id, pair.household_b_id))
            pairs.declare_same(pair.pk, keep_id=keep, by=official, at=at)

        return work, official

    def _pair_different(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            pair = self._pair(official, SuspectedPair.State.OPEN)
            pairs.declare_different(pair.pk, reason="Khác người", by=official, at=at)

        return work, official

    def _pair_again(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            state = self.dice.choice((SuspectedPair.State.NOT_SAME, SuspectedPair.State.WAITING))
            pairs.reopen_pair(self._pair(official, state).pk, by=official, at=at)

        return work, official

    def _pair(self, official: Officer, state: str) -> SuspectedPair:
        return self._any(SuspectedPair.objects.of_register().visible_to(official).filter(state=state).order_by("-pk"))

    # --- the commune's list -------------------------------------------------------------------------------------------
    def _build(self, desk: Desk) -> tuple[Operation, Officer]:
        official, round_id = desk.officials[0], self.dice.choice(self.province.round_ids)
        return lambda at: actions.build_list(round_id, desk.area.number, by=official, at=at), official

    def _submit(self, desk: Desk) -> tuple[Operation, Officer]:
        leader = _sure(desk.leader)

        def work(at: At) -> None:
            actions.submit_list(self._list(desk).pk, document_no="1/TTr", document_date=DAY, by=leader, at=at)

        return work, leader

    def _withdraw(self, desk: Desk) -> tuple[Operation, Officer]:
        leader = _sure(desk.leader)
        return lambda at: actions.withdraw_list(self._list(desk).pk, by=leader, at=at), leader

    def _take_off(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            actions.take_off([self._line(desk, "draft", "returned").pk], reason="Đã chuyển đi", by=official, at=at)

        return work, official

    def _put_back(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)
        return lambda at: actions.put_back([self._line(desk, "returned").pk], by=official, at=at), official

    # --- the review ---------------------------------------------------------------------------------------------------
    def _approve(self, desk: Desk) -> tuple[Operation, Officer]:
        reviewer = self.dice.choice(desk.reviewers)

        def work(at: At) -> None:
            commune_list, lines = self._decidable(desk)
            actions.approve(commune_list.pk, lines, document_no="9/QĐ", by=reviewer, at=at)

        return work, reviewer

    def _send_back(self, desk: Desk) -> tuple[Operation, Officer]:
        return self._decide(desk, actions.send_back, Reason.MISSING_EVIDENCE)

    def _reject(self, desk: Desk) -> tuple[Operation, Officer]:
        return self._decide(desk, actions.reject, Reason.NOT_COVERED)

    def _decide(self, desk: Desk, action: Callable[..., Any], reason: Reason) -> tuple[Operation, Officer]:
        reviewer = self.dice.choice(desk.reviewers)

        def work(at: At) -> None:
            commune_list, lines = self._decidable(desk)
            action(commune_list.pk, lines[:1], reason=reason, by=reviewer, at=at)

        return work, reviewer

    def _undo(self, desk: Desk) -> tuple[Operation, Officer]:
        reviewer = self.dice.choice(desk.reviewers)

        def work(at: At) -> None:
            own = AuditEvent.objects.filter(officer_id=reviewer.pk, verb__startswith="allocation.").order_by("-pk")
            event = own.exclude(verb="allocation.undone").first()
            if event is None:
                raise Nothing
            actions.undo_decision(event.pk, by=reviewer, at=at)

        return work, reviewer

    # --- the device ---------------------------------------------------------------------------------------------------
    def _hand_over(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            line = self._line(desk, "approved")
            device = self._any(Device.objects.filter(area=desk.area, state="in_stock").order_by("pk"), among=3)
            actions.hand_over(line.pk, imei=device.imei, receiver_name="A", receiver_relation="Chủ hộ", by=official,
                              at=at)  # fmt: skip

        return work, official

    def _undo_hand_over(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            actions.undo_hand_over(self._line(desk, "handed_over").pk, reason="Ghi nhầm", by=official, at=at)

        return work, official

    def _decline(self, desk: Desk) -> tuple[Operation, Officer]:
        official = self.dice.choice(desk.officials)

        def work(at: At) -> None:
            actions.decline(self._line(desk, "approved", "waiting").pk, reason="Không nhận", by=official, at=at)

        return work, official

    # --- picking ------------------------------------------------------------------------------------------------------
    def _list(self, desk: Desk) -> CommuneList:
        return self._any(CommuneList.objects.filter(area=desk.area))

    def _line(self, desk: Desk, *statuses: str) -> Allocation:
        return self._any(Allocation.objects.filter(area=desk.area, status__in=statuses))

    def _decidable(self, desk: Desk) -> tuple[CommuneList, list[int]]:
        commune_list = self._list(desk)
        undecided = commune_list.lines.filter(status__in=[Status.SUBMITTED, Status.WAITING]).order_by("rank")
        ids = list(undecided.values_list("pk", flat=True)[:8])
        if not ids:
            raise Nothing
        return commune_list, self.dice.sample(ids, min(len(ids), 3))

    def _any(self, found: Any, among: int = 12) -> Any:
        """One of the first few, so that colleagues meet at the same thing."""
        some = list(found[:among])
        if not some:
            raise Nothing
        return self.dice.choice(some)


WEIGHTS = {
    "register": 20, "change": 6, "delist": 3, "relist": 2, "import": 3, "merge": 5, "split": 2, "undo_link": 3,
    "ask_move": 4, "answer_move": 4, "undo_import": 1, "pair_same": 4,
    "pair_different": 3, "pair_again": 2, "build": 5, "submit": 5, "withdraw": 1,
    "take_off": 3, "put_back": 3, "approve": 15, "send_back": 5, "reject": 3, "undo": 5, "hand_over": 10,
    "undo_hand_over": 4, "decline": 3,
}  # fmt: skip


def _begin_saving(file: ImportFile) -> None:
    """What start_apply does before the job begins."""
    with refusals_as_sentences():
        ImportFile.objects.filter(pk=file.pk).update(state=ImportFile.State.APPLYING)


def _sure(officer: Officer | None) -> Officer:
    assert officer is not None
    return officer
