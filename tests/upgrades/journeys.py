"""A database on its way through all states, compared with each; meanwhile a server of a past version writes."""

import threading
from typing import Any

from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from messaging.store.statements import PASSING_MYSQL_ERRORS
from rooms.members.references import enforce_rules
from tests.upgrades import databases, dumps

LATER = "2026-02"  # moments from here on are those of a `migrate`
ATTEMPTS, WAIT_S = 9, 0.1  # a server's three, each time that its client sends the message again
ROOM = SENDER = databases.OF_WRITERS + 1


class Journey:
    """`others` is where the database was not what the version of the time made."""

    def __init__(self, alias: str, reference: str, states: list[dumps.State], *, writer_from: int) -> None:
        """Two empty databases; `reference` becomes what dumps say. Servers of that state write from then on."""
        self.alias, self._reference, self._states, self._writer_from = alias, reference, states, writer_from
        self.writer: Writer | None = None
        self.others: list[str] = []
        self.made: databases.Schema = {}  # at the end

    def go(self) -> None:
        """From the oldest state to the newest in one `migrate`, which is interrupted at each."""
        for alias in (self.alias, self._reference):
            databases.load(alias, self._states[0])
        self._rows = databases.rows_of(self.alias)
        number = {name: state.number for state in self._states for name in state.came}
        executor: Any = _InOrder(number, connections[self.alias])
        leaves = executor.loader.graph.leaf_nodes()
        plan = executor.migration_plan(leaves)
        last = {number.get(_name(migration)): _name(migration) for migration, _is_backwards in plan}

        def look(action: Any, migration: Any = None, fake: bool = False) -> None:
            arrived = number.get(_name(migration), 0) if action == "apply_success" else 0
            if arrived and last[arrived] == _name(migration):
                self._arrive(self._states[arrived - 1])

        executor.progress_callback = look
        try:
            executor.migrate(leaves, plan)
        finally:
            if self.writer is not None:
                self.writer.stop()

    def _arrive(self, state: dumps.State) -> None:
        """Compare with the state, and add the rows that it has of its own."""
        rules_came = any("ON DELETE" in repr(state.tables[name].statements) for name in state.changed)
        if rules_came:  # which are made behind each `migrate`; the first versions had none
            enforce_rules(using=self.alias)
        self._renew_reference(state)
        where = f"{state.number} {state.name}"
        differences = databases.differences(databases.schema(self.alias), databases.schema(self._reference))
        self.others += [f"{where}: {one}"[:300] for one in differences]
        there = databases.rows_of(self.alias)
        with databases.unchecked(self.alias) as cursor:
            for name, table in state.tables.items():
                then = databases.by_key(table.columns, table.rows)
                lost = (self._rows.get(name, {}).keys() & then.keys()) - there[name].keys()
                self._compare(f"{where}: {name}", lost, set())
                for key, row in there[name].items():
                    self._compare(f"{where}: {name} {key}", masked(row), masked(then.get(key, {})))
                own = {key: row for key, row in then.items() if key not in there[name]}
                databases.insert(cursor, name, table, [tuple(row.values()) for row in own.values()])
                there[name] |= own
        self._rows = there
        if state.number == self._writer_from and connections[self.alias].vendor == "mysql":
            self.writer = Writer(self.alias, state)
            self.writer.start()

    def _renew_reference(self, state: dumps.State) -> None:
        with databases.unchecked(self._reference) as cursor:
            there = set(connections[self._reference].introspection.table_names(cursor))
            for name in there & ({*state.changed} | (there - state.tables.keys())):
                cursor.execute(f"DROP TABLE {connections[self._reference].ops.quote_name(name)}")
            for name in state.changed:
                databases.make_table(cursor, state.tables[name])

    def _compare(self, where: str, there: Any, then: Any) -> None:
        if there != then:
            self.others.append(f"{where}: {there} was {then}"[:300])


class _InOrder(MigrationExecutor):
    """Migrates in the order in which the migrations landed."""

    def __init__(self, number: dict[str, int], connection: Any) -> None:
        super().__init__(connection)
        self._number = number

    def migration_plan(self, targets: Any, clean_start: bool = False) -> Any:
        plan = super().migration_plan(targets, clean_start)
        return sorted(plan, key=lambda step: self._number.get(_name(step[0]), len(self._number)))  # keeps the rest


def _name(migration: Any) -> str:
    return f"{migration.app_label}.{migration.name}"


def masked(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: "a moment" if isinstance(value, str) and LATER <= value < "2027" else value
        for name, value in row.items()
    }


class Writer(threading.Thread):
    """A server of that version, which stores messages one by one until it is stopped, as `store_messages` did."""

    def __init__(self, alias: str, state: dumps.State) -> None:
        super().__init__()
        self._alias, self._state = alias, state
        self._stopped = threading.Event()
        self.stored = 0
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self._make_room()
            while not self._stopped.wait(0.005):
                self._store()
        except Exception as error:
            self.error = error
        finally:
            connections[self._alias].close()

    def _make_room(self) -> None:
        for table, row in (
            ("users", {"user_id": SENDER, "nickname": "writer"}),
            (
                "chat_rooms",
                {"chat_room_id": ROOM, "name": "Writers", "pair_key": None, "last_seq": 0, "version": 0},
            ),
        ):
            self._insert(table, row)

    def _store(self) -> None:
        database, seq = connections[self._alias], self.stored + 1
        for last_attempt in [*[False] * (ATTEMPTS - 1), True]:
            try:
                with database.cursor() as cursor:
                    cursor.execute("BEGIN")
                    cursor.execute(f"SELECT last_seq FROM chat_rooms WHERE chat_room_id = {ROOM} FOR UPDATE")
                    assert cursor.fetchall() == ((self.stored,),)
                    message = {"chat_message_id": ROOM + seq, "chat_room_id": ROOM, "seq": seq, "version": seq}
                    self._insert("chat_messages", message | {"user_id": SENDER, "client_id": f"{seq:032x}"})
                    cursor.execute(
                        f"UPDATE chat_rooms SET last_seq = {seq}, version = {seq} WHERE chat_room_id = {ROOM}"
                    )
                    cursor.execute("COMMIT")
            except DatabaseError as error:
                if last_attempt or error.args[0] not in PASSING_MYSQL_ERRORS:
                    raise
                database.close()
                self._stopped.wait(WAIT_S)
            else:
                self.stored += 1
                return

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        """A row as that version's own, but for what is given."""
        kept = self._state.tables[table]
        like = dict(zip(kept.columns, kept.rows[0], strict=True)) | row
        with connections[self._alias].cursor() as cursor:
            databases.insert(cursor, table, kept, [tuple(like.values())])

    def stop(self) -> None:
        self._stopped.set()
        self.join()
