from collections.abc import Iterator, Mapping

from engine.ports.task_queue import Answer, Question, TaskKind


class InProcessTaskQueue:
    """The port TaskQueue without workers: each task is done here, in its turn, when its answer is asked for."""

    def run(self, kind: TaskKind[Question, Answer], questions: Mapping[str, Question]) -> Iterator[tuple[str, Answer]]:
        """Yield the answers in the order of the questions."""
        for key, question in questions.items():
            yield key, kind.do(question)
