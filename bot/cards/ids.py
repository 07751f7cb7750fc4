"""Every action, block and callback id. A button's value and a modal's private_metadata are the trade's id, sealed."""

from typing import Final

APPROVE: Final = "approve"
RESIZE: Final = "resize"
REJECT: Final = "reject"
INSPECT: Final = "inspect"
CLOSE_TRADE: Final = "close_trade"
KEEP_TRADE: Final = "keep_trade"
ASK_CLOSE: Final = "ask_close"
ADOPT: Final = "adopt"
MOVE_STOP: Final = "move_stop"
MOVE_TARGET: Final = "move_target"
GRADE_GOOD: Final = "grade_good"
GRADE_POOR: Final = "grade_poor"
APPLY_SIZE: Final = "apply_size"
APPROVE_SIZE: Final = "approve_size"
SIZE_HALF: Final = "size_half"
SIZE_MOST: Final = "size_most"
SELECT_PENDING: Final = "select_pending"
APPROVE_SELECTED: Final = "approve_selected"
REJECT_SELECTED: Final = "reject_selected"
TAKE_BACK_HALT: Final = "take_back_halt"
CONFIRM_CHANGE: Final = "confirm_change"
CONFIRM_STANDING: Final = "confirm_standing"
REVOKE_STANDING: Final = "revoke_standing"
WITHDRAW_CHANGE: Final = "withdraw_change"
HOME_HALT: Final = "home_halt"
HOME_FLATTEN: Final = "home_flatten"
HOME_RESUME: Final = "home_resume"
HOME_AUTO: Final = "home_auto"
HOME_REPORT: Final = "home_report"

RESIZE_MODAL: Final = "resize_modal"
REJECT_MODAL: Final = "reject_modal"
REJECT_SELECTED_MODAL: Final = "reject_selected_modal"
WORKING_MODAL: Final = "working_modal"
INSPECT_MODAL: Final = "inspect_modal"
HALT_MODAL: Final = "halt_modal"
FLATTEN_MODAL: Final = "flatten_modal"
CLOSE_MODAL: Final = "close_modal"
MOVE_STOP_MODAL: Final = "move_stop_modal"
MOVE_TARGET_MODAL: Final = "move_target_modal"
ADOPT_MODAL: Final = "adopt_modal"
STANDING_MODAL: Final = "standing_modal"
STATUS_MODAL: Final = "status_modal"
ANSWER_MODAL: Final = "answer_modal"

HALT_SHORTCUT: Final = "halt_trading"
STATUS_SHORTCUT: Final = "desk_status"
INSPECT_SHORTCUT: Final = "inspect_message"

HOME_OPENED: Final = "app_home_opened"
MENTIONED: Final = "app_mention"
WRITTEN: Final = "message"

DECISION_BLOCK: Final = "decision"
STEERING_BLOCK: Final = "steering"
DETAILS_BLOCK: Final = "details"
"""What is folded in a card whose Inspect button shows the same."""
EXIT_BLOCK: Final = "exit"
CHANGE_BLOCK: Final = "change"
ROWS_BLOCK: Final = "rows"
SIZE_BLOCK: Final = "size"
ADOPT_BLOCK: Final = "adopt"
ADOPT_INPUT: Final = "adopt_input"
ADOPT_FIELDS: Final = ("stop", "target", "shares")
"""The fields of the window that adopts a position; each is its block's id too."""
STANDING_BLOCK: Final = "standing"
STANDING_INPUT: Final = "standing_input"
STANDING_FIELDS: Final = ("symbol", "dollars", "score", "until", "uses")
"""The fields of the window of a standing approval; each is its block's id too."""
SHARES_BLOCK: Final = "shares"
SHARES_INPUT: Final = "shares_input"
SIZES_BLOCK: Final = "sizes"
SELECTION_BLOCK: Final = "selection"
SELECTED_BLOCK: Final = "selected"
POSITION_BLOCK: Final = "position"
HALTED_BLOCK: Final = "halted"
CHOICE_BLOCK: Final = "choice"
CHOICE_INPUT: Final = "choice_input"
PRICE_BLOCK: Final = "price"
PRICE_INPUT: Final = "price_input"
REASON_BLOCK: Final = "reason"
REASON_INPUT: Final = "reason_input"

HALTS: Final = frozenset({HALT_MODAL, FLATTEN_MODAL})

OF_A_PROPOSAL: Final = frozenset({APPROVE, RESIZE, REJECT, APPLY_SIZE, RESIZE_MODAL, REJECT_MODAL})
"""What is good for as long as a proposal waits."""

OF_AN_EXIT: Final = frozenset({CLOSE_TRADE, KEEP_TRADE, CLOSE_MODAL, MOVE_STOP_MODAL, MOVE_TARGET_MODAL})
"""What answers the question whether, and where, to sell."""

OF_THE_HOME: Final = frozenset({HOME_RESUME, HOME_AUTO})
"""What lets the desk trade more than it does."""


ALL_TRADES: Final = "all"
"""What a window carries in a trade's place that is about every open one."""

AND: Final = ":"
"""Stands between a trade's id and what a button carries beside it."""

BETWEEN: Final = ","
"""Stands between the ids of several trades that a window is about."""


def numbered(name: str, number: int | None) -> str:
    """Return an id that stands among others of its kind in one view; without a number, the id itself."""
    return name if number is None else f"{name}.{number}"


def plain(name: str) -> str:
    """Return an id without the number that tells it from others of its kind."""
    return name.partition(".")[0]
