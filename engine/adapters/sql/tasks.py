"""The port TaskRows in PostgreSQL, by its clock. No statement makes a writer of trades wait."""

import os
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import TextClause, bindparam, text

from engine.adapters.sql.store import SqlStore
from engine.instance_id import has_ended, new_life
from engine.ports.lease import PROCESS
from engine.ports.task_queue import BegunTask, TaskCounts, TaskState, TaskStatus

ATTEMPTS: Final = 4
"""How often a task is tried: at once, and after 2, 4 and 8 seconds."""
SENT_AGAIN: Final = 30.0
"""Seconds after which the message of a task that nobody began counts as lost."""
KEPT: Final = 3_600.0
"""Seconds for which a finished task is kept: whoever asks again finds an answer for which nobody waited any more."""
KEPT_ASIDE: Final = 86_400.0
"""Seconds for which a task that came to nothing is kept."""
FOREIGN: Final = "foreign"
"""The job under which messages are kept that were no task of ours."""
LONGEST: Final = 500
"""Characters of an error that are kept."""
WORKER: Final = f"{PROCESS}worker:%"
"""The names of the leases by which workers give signs of life."""
NOW: Final = "extract(epoch FROM clock_timestamp())"
LIVES: Final = f"expires_at > {NOW}"

PUT: Final = text(
    f"""
    INSERT INTO tasks (job, slot, state, question, answer, attempts, lost, holder, error, put_at, sent_at, due_at)
    VALUES (:job, :slot, 'waiting', :question, '', 0, 0, '', '', {NOW}, 0, 0) ON CONFLICT (job, slot) DO NOTHING
    """
)
LOOK: Final = text(
    f"""
    SELECT slot, state, attempts, lost, due_at <= {NOW} AS is_due,
        sent_at >= due_at AND sent_at > {NOW} - {SENT_AGAIN} AS is_sent, error, answer
    FROM tasks WHERE job = :job AND slot IN :slots
    """
).bindparams(bindparam("slots", expanding=True))
RUNNING: Final = text(
    f"SELECT slot, holder, due_at <= {NOW} FROM tasks WHERE job = :job AND state = 'running' AND slot IN :slots"
).bindparams(bindparam("slots", expanding=True))
LOSE: Final = text(
    f"""
    UPDATE tasks SET lost = lost + 1, error = 'lost', due_at = {NOW} + power(2, attempts),
        state = CASE WHEN attempts < {ATTEMPTS} THEN 'waiting' ELSE 'set_aside' END
    WHERE job = :job AND slot = :slot AND state = 'running' AND holder = :holder
    """
)
SENT: Final = text(f"UPDATE tasks SET sent_at = {NOW} WHERE job = :job AND slot IN :slots").bindparams(
    bindparam("slots", expanding=True)
)
BEGIN: Final = text(
    f"""
    UPDATE tasks SET state = 'running', attempts = attempts + 1, holder = :holder, due_at = {NOW} + :seconds
    WHERE job = :job AND slot = :slot AND due_at <= {NOW} AND (state = 'waiting' OR :refused AND state = 'refused')
    RETURNING question, attempts
    """
)
KNOWN: Final = text("SELECT 1 FROM tasks WHERE job = :job AND slot = :slot")
FINISH: Final = text(
    "UPDATE tasks SET state = 'done', answer = :answer, error = ''"
    " WHERE job = :job AND slot = :slot AND state <> 'done'"
)
FAIL: Final = text(
    f"""
    UPDATE tasks SET error = :error, due_at = {NOW} + power(2, attempts), state = CASE
        WHEN attempts < {ATTEMPTS} THEN 'waiting' WHEN lost > 1 THEN 'set_aside' ELSE 'refused' END
    WHERE job = :job AND slot = :slot AND state = 'running' AND attempts = :attempt
    """
)
REFUSE: Final = text(
    "UPDATE tasks SET state = 'refused', error = :error, due_at = 0"
    " WHERE job = :job AND slot = :slot AND state = 'waiting'"
)
SET_ASIDE: Final = text(
    f"""
    INSERT INTO tasks (job, slot, state, question, answer, attempts, lost, holder, error, put_at, sent_at, due_at)
    VALUES ('{FOREIGN}', :slot, 'set_aside', '', '', 0, 0, '', :error, {NOW}, 0, 0) ON CONFLICT (job, slot) DO NOTHING
    """
)
DROP: Final = text("DELETE FROM tasks WHERE job = :job AND slot = :slot")
FORGET: Final = text(
    f"""
    DELETE FROM tasks WHERE put_at < {NOW} - {KEPT_ASIDE} AND state <> 'running'
        OR put_at < {NOW} - {KEPT} AND state = 'done'
    """
)
COUNTS: Final = text(f"SELECT state, count(*), {NOW} - min(put_at) FROM tasks GROUP BY state")
WORKERS: Final = text(f"SELECT holder FROM leases WHERE name LIKE :worker AND {LIVES}")


class SqlTasks:
    """What workers are asked, and what came of it; this process's attempts carry the name of its life."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._me, self._made_in = new_life(), os.getpid()

    def put(self, job: str, questions: Mapping[str, bytes]) -> None:
        """Add what is not there yet."""
        if questions:
            rows = [{"job": job, "slot": slot, "question": question} for slot, question in questions.items()]
            with self._store.apart() as connection:
                connection.execute(PUT, rows)

    def look(self, job: str, slots: Collection[str]) -> tuple[TaskStatus, ...]:
        """Return how tasks stand."""
        if not slots:
            return ()
        with self._store.apart() as connection:
            for slot, holder, is_over in connection.execute(RUNNING, {"job": job, "slots": list(slots)}).all():
                if is_over or has_ended(holder):
                    connection.execute(LOSE, {"job": job, "slot": slot, "holder": holder})
            rows = connection.execute(LOOK, {"job": job, "slots": list(slots)}).all()
        return tuple(
            TaskStatus(**row._asdict() | {"state": TaskState(row.state), "answer": bytes(row.answer)}) for row in rows
        )

    def sent(self, job: str, slots: Collection[str]) -> None:
        """Note that workers were given word of tasks."""
        self._do(SENT, job=job, slots=list(slots))

    def begin(self, job: str, slot: str, seconds: float, *, refused: bool = False) -> BegunTask | None:
        """Begin a task that is due."""
        task = {"job": job, "slot": slot}
        with self._store.apart() as connection:
            row = connection.execute(
                BEGIN, {**task, "holder": self._life(), "seconds": seconds, "refused": refused}
            ).one_or_none()
            if row is None and connection.execute(KNOWN, task).one_or_none() is None:
                connection.execute(SET_ASIDE, {"slot": f"{job} {slot}"[:LONGEST], "error": "no such task"})
        return None if row is None else BegunTask(question=bytes(row[0]), attempt=row[1])

    def finish(self, job: str, slot: str, answer: bytes) -> bool:
        """Keep an answer, where none is there."""
        return self._do(FINISH, job=job, slot=slot, answer=answer) > 0

    def fail(self, job: str, slot: str, attempt: int, error: str) -> None:
        """Note that an attempt failed."""
        self._do(FAIL, job=job, slot=slot, attempt=attempt, error=error[:LONGEST])

    def refuse(self, job: str, slot: str, error: str) -> None:
        """Note that a worker cannot do such a task at all."""
        self._do(REFUSE, job=job, slot=slot, error=error[:LONGEST])

    def set_aside(self, slot: str, error: str) -> None:
        """Note that a worker was given what is no task of ours."""
        self._do(SET_ASIDE, slot=slot[:LONGEST], error=error[:LONGEST])

    def drop(self, job: str, slot: str) -> None:
        """Forget a task."""
        self._do(DROP, job=job, slot=slot)

    def forget(self) -> None:
        """Forget what ended long ago."""
        self._do(FORGET)

    def counts(self) -> TaskCounts:
        """Count them."""
        with self._store.apart() as connection:
            found = {row[0]: (int(row[1]), float(row[2])) for row in connection.execute(COUNTS)}
        return TaskCounts(
            waiting=found.get(TaskState.WAITING, (0, 0.0))[0],
            oldest=found.get(TaskState.WAITING, (0, 0.0))[1],
            running=found.get(TaskState.RUNNING, (0, 0.0))[0],
            refused=found.get(TaskState.REFUSED, (0, 0.0))[0],
            set_aside=found.get(TaskState.SET_ASIDE, (0, 0.0))[0],
        )

    def workers(self) -> int:
        """Count the workers that live."""
        with self._store.apart() as connection:
            return sum(not has_ended(row[0]) for row in connection.execute(WORKERS, {"worker": WORKER}))

    def _do(self, statement: TextClause, **given: Any) -> int:
        with self._store.apart() as connection:
            return int(connection.execute(statement, given).rowcount)

    def _life(self) -> str:
        if os.getpid() != self._made_in:  # a fork lives its own life
            self._me, self._made_in = new_life(), os.getpid()
        return self._me
